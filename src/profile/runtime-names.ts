/** Names by which language runtimes give themselves away, as data: of their threads, and of functions in stacks. */
import type { Frame, FrameKind } from './stacks.js';

/** Whoever is woken by one of these was stopped at a safepoint: HotSpot's VM thread, and the workers of its collectors. */
const STOPS_THE_WORLD = /^(VM Thread|GC Thread#\d+|G1 (Main|Conc|Service|Refine)|ZDriver|ZWorker|Shenandoah)/;

/** Garbage collection on the program's own thread: V8, Go, CPython, Ruby. */
const COLLECTS = [
  /^v8::internal::(Heap::(CollectGarbage|CollectAllGarbage|PerformGarbageCollection|Scavenge|MarkCompact|MinorGC)|MarkCompactCollector|MarkingVisitor|Scavenger|ScavengerCollector|Sweeper|IncrementalMarking|MinorMarkCompact|Evacuator|ConcurrentMarking)/,
  /^runtime\.(gcDrain|gcAssistAlloc|gcBgMarkWorker|gcMarkDone|gcMarkTermination|gcStart|markroot|scanobject|sweepone|bgsweep|gcSweep)/,
  /^(_PyGC_|gc_collect_main|gc_collect_with_callback|gc_marks|gc_sweep|gc_start)/,
];

/** What waits of this kind are in: they tell a lock from a condition that somebody else makes true. */
const TAKES_LOCK = [
  /^(__lll_lock_wait|lll_lock_wait|__GI___lll_lock_wait|___?pthread_mutex_(timed)?lock|pthread_mutex_lock|__pthread_mutex_lock|pthread_rwlock_\w*lock|std::mutex::lock|std::unique_lock)/,
  /ObjectMonitor::(enter|EnterI|ReenterI|TrySpin)|ObjectSynchronizer::enter|SharedRuntime::complete_monitor_locking/,
  // What java.util.concurrent's locks are made of tells nothing: semaphores and latches are made of it too.
  /ReentrantLock(\$\w+)?\.(lock|acquire)|ReentrantReadWriteLock/,
  /^(sync\.\(\*(Mutex|RWMutex)\)\.(Lock|RLock|lockSlow)|sync\.runtime_SemacquireMutex)/,
  /^(LWLockAcquire|ProcSleep|PGSemaphoreLock|XactLockTableWait)/,
];
/** Condition variables are not among them: HotSpot's locks are made of them. */
const WAITS_FOR_OTHERS = [
  /ObjectMonitor::wait|java\.lang\.Object\.wait|ConditionObject\.await/,
  /BlockingQueue|FutureTask|CompletableFuture|CountDownLatch|ThreadPoolExecutor\.getTask|ForkJoinPool|SynchronousQueue|Thread\.join/,
  /uv_cond_wait|uv_sem_wait|pthread_join|__pthread_clockjoin|sync\.\(\*(Cond|WaitGroup)\)/,
];

/** What a wait was for. */
export interface WaitReason {
  /** `client`: input that may also come without a call, `sibling`: another process of the same program. */
  for: 'lock' | 'sleep' | 'client' | 'sibling';
  object: string;
}

/**
 * Functions that tell what a wait in them is for, where the system call does not: PostgreSQL waits for everything in one
 * epoll_wait. The first line counts that any frame fits.
 */
const WAITS_IN: readonly (WaitReason & { within: RegExp })[] = [
  { within: /^(XactLockTableWait|ConditionalXactLockTableWait|MultiXactIdWait|LockTuple|heap_lock_tuple)$/, for: 'lock', object: 'a row lock' },
  { within: /^pg_advisory_(xact_)?lock_/, for: 'lock', object: 'an advisory lock' },
  { within: /^LockRelation(Oid|IdForSession)?$/, for: 'lock', object: 'a table lock' },
  { within: /^(ProcSleep|LockAcquireExtended|ProcWaitForSignal)$/, for: 'lock', object: 'a lock of the database' },
  { within: /^pg_sleep$/, for: 'sleep', object: 'pg_sleep' },
  { within: /^SyncRepWaitForLSN$/, for: 'sibling', object: 'a standby server that confirms the commit' },
  { within: /^secure_(read|write)$/, for: 'client', object: '' },
  { within: /^WaitLatch$/, for: 'sibling', object: 'another process of the database' },
];

/** Frames that carry every stack and explain none. */
const CARRIES = /^(_start|main|__libc_start_\w+|__libc_start_call_main|clone3?|__clone3?|start_thread|std::thread::|std::execute_native_thread_routine|execute_native_thread_routine|void std::__invoke|std::__invoke|java_start|thread_native_entry|JavaThread::|JavaCalls::|Thread::call_run|java\.lang\.Thread\.run|runtime\.(main|goexit|mcall|systemstack)|net\/http\.\(\*conn\)\.serve|node::|v8::|uv_|uv__|Builtins_|\(program\)|ret_from_fork|entry_SYSCALL)/;

/** Binaries that are nobody's own code: libraries of the system, and runtimes. */
const LIBRARIES = /^(libc[.-]|libpthread|ld-linux|libstdc\+\+|libm[.-]|libgcc|libjvm|libjava|libuv|libz|libssl|libcrypto|libnode|libpython|libruby|\[vdso\]|\[kernel\])|^(node|nodejs|java|python[\d.]*|ruby[\d.]*|php[\d.-]*|bun|deno)$/;
const RUNTIMES_OWN: Readonly<Partial<Record<FrameKind, RegExp>>> = {
  javascript: /^node:/,
  java: /^(java|javax|jdk|sun|com\.sun)\./,
  go: /^(runtime|net|net\/http|syscall|internal|sync|os|io|bufio)[./(]/,
  interpreter: /^Interpreter$/,
};

const any = (patterns: readonly RegExp[], name: string): boolean => patterns.some((pattern) => pattern.test(name));

export const stopsTheWorld = (threadName: string): boolean => STOPS_THE_WORLD.test(threadName);
export const collects = (functionName: string): boolean => any(COLLECTS, functionName);
export const waitReason = (functionNames: readonly string[]): WaitReason | undefined => WAITS_IN.find(({ within }) => functionNames.some((name) => within.test(name)));
export const carries = (functionName: string): boolean => CARRIES.test(functionName);

/** Code that came with the runtime or the system, not with the program. */
export function isLibrary({ kind, name, module, file }: Frame): boolean {
  if (kind === 'native') return LIBRARIES.test(module);
  const own = RUNTIMES_OWN[kind];
  return own !== undefined && (own.test(name) || own.test(module) || own.test(file));
}

/** Is a thread in these functions, innermost first, one of libuv's pool? V8 has helpers of its own, which start otherwise. */
export function isLibuvPool(functionNames: readonly string[]): boolean {
  return functionNames.some((name, i) => /^uv__(queue|fs|getaddrinfo|getnameinfo)_work$/.test(name) || (name === 'worker' && functionNames[i + 1] === 'start_thread'));
}

/** Does a thread in these functions, innermost first, take a lock? The first that tells decides: behind a condition there is a lock too. */
export function takesLock(functionNames: readonly string[]): boolean {
  const telling = functionNames.find((name) => any(TAKES_LOCK, name) || any(WAITS_FOR_OTHERS, name));
  return telling !== undefined && any(TAKES_LOCK, telling);
}
