export interface PageTask {
  readonly url: string;
  readonly userAgent: string;
  /** Maximum length of the page's text in UTF-8; a longer page is not handed on. */
  readonly bodyBytesMax: number;
  /** Time for the page to show an article after it was loaded. */
  readonly patienceMs: number;
}

/** A page after its scripts ran. */
export interface ShownPage {
  /** Where it stands now. */
  readonly url: string;
  readonly html: Uint8Array;
}

/** A drawing of ours to be rendered as PNG. */
export interface DrawingTask {
  readonly svg: string;
  /** Pixels. */
  readonly size: { readonly width: number; readonly height: number };
}

/** What a request of the page brought. */
export interface LoadedPart {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the process that drives the browser is to do, one at a time; each is answered by `done` or `failed`. */
export type DriverTask =
  | { readonly kind: 'start'; readonly executablePath: string; readonly artifactsDir: string }
  | (PageTask & { readonly kind: 'read' })
  | (DrawingTask & { readonly kind: 'draw' });

/** Messages of the driver. `load` asks for a request of the page and is answered by `loaded` with the same id. */
export type DriverMessage =
  | { readonly kind: 'launched'; readonly pid: number | null; readonly args: readonly string[] }
  | {
      readonly kind: 'load';
      readonly id: number;
      readonly url: string;
      readonly cookie: string | null;
      /** The page itself, not a part of it. */
      readonly isDocument: boolean;
    }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly reason: string };
