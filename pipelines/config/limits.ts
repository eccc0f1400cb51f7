/** What a config may cost: a stranger's file must not hang or crash the planner. */

export const limits = {
  /** Of one file. */
  bytes: 256 * 1024,
  /** Levels of maps and lists, after aliases and interpolation. */
  depth: 64,
  /** Values in a composed config, a shared one counted at each place it appears, and 64 characters as one. */
  nodes: 100_000,
  /** Files that one config may be composed of. */
  files: 32,
  /** Characters of a string after interpolation. */
  stringLength: 65_536,
  /** Of a file that a parameter names: it is read into memory. */
  fileBytes: 2 ** 32,
  /** Parameters that lead to one another. */
  interpolationDepth: 16,
  /** Of one matrix before `exclude`, and of one stage. */
  points: 1000,
  /** Stages of a sweep, each point of each stage counted. */
  expandedStages: 100_000,
  /** Values in all of them. */
  expandedNodes: 1_000_000,
} as const;
