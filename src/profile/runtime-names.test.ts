import assert from 'node:assert/strict';
import test from 'node:test';
import { isLibuvPool, takesLock } from './runtime-names.js';

/** Innermost first. */
const taken = (stack: string): boolean => takesLock(stack.split(' < '));

const CONDITION = '__futex_abstimed_wait_common64 < __futex_abstimed_wait_common < __pthread_cond_wait_common < pthread_cond_timedwait';
const PARK = `${CONDITION} < Parker::park < Unsafe_Park < jdk.internal.misc.Unsafe.park < java.util.concurrent.locks.LockSupport.park`;
const QUEUED = `${PARK} < java.util.concurrent.locks.AbstractQueuedSynchronizer.acquire`;

test('a Java monitor that is entered, or entered again after a wait in it, is a lock; the wait is none', () => {
  assert.equal(taken(`${CONDITION} < os::PlatformEvent::park < ObjectMonitor::EnterI < ObjectMonitor::enter < ObjectSynchronizer::enter < Service.take`), true);
  assert.equal(taken(`${CONDITION} < os::PlatformEvent::park < ObjectMonitor::ReenterI < ObjectMonitor::wait < java.lang.Object.wait < Service.take`), true);
  assert.equal(taken(`${CONDITION} < os::PlatformEvent::park < ObjectMonitor::wait < java.lang.Object.wait < Service.take`), false);
});

test('locks, latches and queues of java.util.concurrent are told apart, though all are made of one thing', () => {
  assert.equal(taken(`${QUEUED} < java.util.concurrent.locks.ReentrantLock$Sync.lock < java.util.concurrent.locks.ReentrantLock.lock < Shop.buy`), true);
  assert.equal(taken(`${QUEUED}SharedInterruptibly < java.util.concurrent.CountDownLatch.await < Shop.buy`), false);
  assert.equal(taken(`${QUEUED} < java.util.concurrent.Semaphore.acquire < Shop.buy`), false);
});

test('a mutex is a lock, a condition variable none', () => {
  assert.equal(taken('__lll_lock_wait < pthread_mutex_lock < Stock::reserve'), true);
  assert.equal(taken(`${CONDITION} < Queue::pop`), false);
});

test('a thread of libuv\'s pool is told from V8\'s helpers, at work and waiting for it', () => {
  const waits = `${CONDITION.replace('timedwait', 'wait')} < uv_cond_wait`;
  assert.equal(isLibuvPool(`${waits} < worker < start_thread < clone3`.split(' < ')), true);
  assert.equal(isLibuvPool('stat < uv__fs_work < node+0x1a2b < start_thread'.split(' < ')), true);
  assert.equal(isLibuvPool(`${waits} < node::(anonymous namespace)::PlatformWorkerThread < start_thread < clone3`.split(' < ')), false);
});
