/** What is sent back for one request. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** May be kept and asked for again with `If-None-Match`; everything else is never kept. */
  readonly revalidates?: boolean;
}

/** A request as the routes see it: admitted, and without what they have no business with. */
export interface WebRequest {
  /** Starts with `/`; percent signs as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Whether the caller has shown the token, or none is asked for. */
  readonly isAuthorised: boolean;
  /** Whether the caller would rather read a page than JSON. */
  readonly wantsHtml: boolean;
}

export type Route = (request: WebRequest) => Answer | null | Promise<Answer | null>;

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n`, headers };
}

/** The one form of every refusal. */
export function errorAnswer(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return jsonAnswer(status, { error: { code, message } }, headers);
}
