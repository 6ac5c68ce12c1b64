/** Ends a request with an error that the caller is told of; all codes stand in docs/http.md. */
export class WebRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** More that a program may want to know. */
    readonly details: object = {},
  ) {
    super(message);
  }

  /** The one form of every refusal. */
  get body(): object {
    return { error: { code: this.code, message: this.message, ...this.details } };
  }
}
