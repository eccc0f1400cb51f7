/** What the process says when it ends. */

export const ExitCode = {
  /** Everything asked for was done, or was cached. */
  done: 0,
  /** A stage failed. */
  stageFailed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The config is wrong; diagnostics were printed. */
  configInvalid: 3,
  /** The store or the disk failed. */
  storeFailed: 4,
  /** Another run holds a lease for too long. */
  leaseTimeout: 5,
  /** `--frozen`: a result differs from the lock file. */
  frozenDiffers: 6,
  /** The scheduler cannot be reached or refuses. */
  schedulerFailed: 7,
  /** Ctrl-C. */
  interrupted: 130,
  /** SIGTERM. */
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
