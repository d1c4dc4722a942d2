/**
 * Telling a garbage collector's work from the program's: by the names of its functions in a stack, and by the names that
 * runtimes give its threads.
 */
import type { Frame } from './stacks.js';

/** Functions that run only while a collection does. V8's are C++ symbols of Node's own binary, HotSpot's of libjvm, Go's of the program. */
const functions: readonly RegExp[] = [
  /\bv8::internal::Heap::(CollectGarbage|CollectAllGarbage|PerformGarbageCollection|Scavenge|MarkCompact|MinorMarkCompact|CollectAllAvailableGarbage|PreciseCollectAllGarbage|FinalizeIncrementalMarking\w*)\b/,
  /\bv8::internal::(Scavenger|ScavengerCollector|MarkCompactCollector|MinorMarkCompactCollector|MinorMarkSweepCollector|ConcurrentMarking|IncrementalMarking|Sweeper|Evacuator|FullEvacuator|PageEvacuationJob|ScavengeJob|UnifiedHeap\w*|GCTracer)::/,
  /\bcppgc::internal::(Marker|MarkerBase|Sweeper|ConcurrentMark\w*)/,
  // Not the heaps' classes as a whole: their methods that allocate run on the program's own threads, and so do an operation's prologue and epilogue.
  /\bVM_(G1|Gen|Parallel|GC_|CollectForMetadata)\w*::doit\b/,
  /\bG1(ParEvacuate\w*|EvacuateRegions\w*|ParScanThreadState\w*|ParTask\w*|CMTask|ConcurrentMark\w*|ConcurrentRefineThread\w*|Full\w+|YoungCollector|RootProcessor)::/,
  /\b(G1CollectedHeap::(do_collection_pause_at_safepoint|do_full_collection|(pre_|post_)?evacuate)\w*|GenCollectedHeap::(do_collection|collect_generation|process_roots)|(DefNew|Tenured|CardGeneration)\w*::(collect|copy_to_survivor_space))\b/,
  /\b(MarkSweep|GenMarkSweep|PSScavenge|PSParallelCompact|PSPromotionManager|GangWorker|GCTaskThread|ZDriver|ZMark|ZRelocate|ShenandoahConcurrentGC|ShenandoahControlThread)::/,
  /^runtime\.(gcBgMarkWorker|gcDrain\w*|gcAssist\w*|gcMarkDone|gcMarkTermination|gcStart|gcSweep|scanobject|greyobject|markroot\w*|bgsweep|sweepone|bgscavenge|\(\*sweepLocked\)\.sweep|\(\*mspan\)\.sweep|wbBufFlush\w*)\b/,
];

/** Thread names as the kernel keeps them: 15 characters. */
const threads: readonly RegExp[] = [
  // HotSpot: Serial collects on the VM thread, which other work may run on too: its stack tells (see above).
  /^GC Thread#\d+/, /^G1 (Main Marker|Conc#\d+|Refine#\d+|Service)/, /^ParGC|^Gang worker/, /^ZDriver|^ZWorker|^XWorker|^ZGC/, /^Shenandoah GC/, /^CMS Main/,
];

export function isGarbageCollection(frame: Pick<Frame, 'name'>): boolean {
  return functions.some((pattern) => pattern.test(frame.name));
}

/** A thread that does nothing but collect garbage. */
export function isGarbageCollector(threadName: string): boolean {
  return threads.some((pattern) => pattern.test(threadName));
}
