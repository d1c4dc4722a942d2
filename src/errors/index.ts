export { ERRORS, type ErrorEntry, type ErrorId } from './catalogue.js';
export { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-codes.js';
export { KindlingError, exitCodeOf, restoreError, toKindlingError, type ErrorData, type ErrorParams } from './kindling-error.js';
