/** What every metric says about itself. */

export interface MetricInfo {
  /** What a user types; equals the file's name where that is one word. */
  readonly id: string;
  /** "dB", "1" for a pure number. */
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly summary: string;
  /** The value for equal inputs. */
  readonly identity: number;
  /** Whether exchanging candidate and reference changes nothing. */
  readonly symmetric: boolean;
}
