/** What every benchmark reports: its own figure and, from the same run, that of its peer or limit. */
export interface BenchResult {
  readonly name: string;
  readonly figure: number;
  /** Of both figures: "pushes/s", "rows/s" … */
  readonly unit: string;
  /** What the figure is held against: another program, or the limit that the machine or a library sets. */
  readonly peer: string;
  readonly peerFigure: number;
  /** figure / peerFigure. */
  readonly ratio: number;
  /** What the design asks for, in the same unit. */
  readonly target?: number;
  readonly notes?: string;
}
