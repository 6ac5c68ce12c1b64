/** Ends a request with an error that the caller is told of; all codes stand in docs/http.md. */
export class WebRefusal extends Error {
  /** What is refused, without a full stop. */
  readonly problem: string;
  /** What there is instead, or what to do: a page shows each as a sentence of its own. */
  readonly advice: readonly string[];

  /** @param told  The problem, or the problem and the advice; together they are the message. */
  constructor(
    readonly status: number,
    readonly code: string,
    told: string | readonly [problem: string, ...advice: string[]],
    readonly headers: Readonly<Record<string, string>> = {},
    /** More that a program may want to know. */
    readonly details: object = {},
  ) {
    const [problem, ...advice] = typeof told === 'string' ? [told] : told;
    super([problem, ...advice].join('; '));
    this.problem = problem;
    this.advice = advice;
  }

  /** The one form of every refusal. */
  get body(): object {
    return { error: { code: this.code, message: this.message, ...this.details } };
  }
}
