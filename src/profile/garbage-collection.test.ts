import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGarbageCollection, isGarbageCollector } from './garbage-collection.js';

// Names as seen in stacks of Node 20, Java 17 and Go 1.19.
const collecting = [
  'v8::internal::Heap::CollectGarbage(v8::internal::AllocationSpace, v8::internal::GarbageCollectionReason, v8::GCCallbackFlags)',
  'v8::internal::Heap::PerformGarbageCollection(v8::internal::GarbageCollector, v8::internal::GarbageCollectionReason, char const*, v8::GCCallbackFlags)',
  'v8::internal::ScavengerCollector::CollectGarbage()',
  'v8::internal::MarkCompactCollector::MarkLiveObjects()',
  'v8::internal::ConcurrentMarking::RunMajor(v8::JobDelegate*, v8::base::EnumSet<v8::internal::CodeFlushMode, int>, unsigned int, bool)',
  'runtime.gcBgMarkWorker', 'runtime.scanobject', 'runtime.gcAssistAlloc', 'runtime.bgsweep',
  'DefNewGeneration::collect(bool, bool, unsigned long, bool)', 'VM_G1CollectForAllocation::doit()', 'G1ParScanThreadState::trim_queue_to_threshold(unsigned int)',
];
const notCollecting = ['runtime.mallocgc', 'runtime.morestack', 'v8::internal::Heap::AllocateRaw(int)', 'collectGarbage', 'gcReport', 'ngx_http_gc_handler', 'JavaThread::run()', 'G1CollectedHeap::attempt_allocation_slow', 'G1CollectedHeap::mem_allocate', 'GenCollectedHeap::mem_allocate_work', 'DefNewGeneration::par_allocate', 'TenuredGeneration::allocate', 'main.scanobject', 'VM_GC_Operation::doit_prologue()', 'VM_GC_Operation::skip_operation() const'];

test('functions of a garbage collection are told from functions that allocate or only sound like it', () => {
  for (const name of collecting) assert.ok(isGarbageCollection({ name }), name);
  for (const name of notCollecting) assert.ok(!isGarbageCollection({ name }), name);
});

test('threads that do nothing but collect garbage are known by the names that the runtime gives them', () => {
  for (const name of ['GC Thread#0', 'GC Thread#11', 'G1 Main Marker', 'G1 Conc#0', 'G1 Refine#0', 'G1 Service']) assert.ok(isGarbageCollector(name), name);
  for (const name of ['VM Thread', 'main', 'C2 CompilerThre', 'node', 'GC', 'http-nio-8080-e']) assert.ok(!isGarbageCollector(name), name);
});
