/** What kind of thing was edited. The closed list. */
export const EDIT_TYPES = [
  'headline',
  'lead',
  'paragraphAdded',
  'paragraphRemoved',
  'paragraphChanged',
  'paragraphMoved',
  'number',
  'name',
  'quotation',
  'tag',
  'picture',
] as const;
export type EditType = (typeof EDIT_TYPES)[number];

/** One edit between two states of an article, with both wordings. */
export interface Edit {
  readonly type: EditType;
  /** `trivial`: white space, punctuation, case, script or width only, a moved paragraph, a picture cut otherwise. */
  readonly weight: 'trivial' | 'substantive';
  /** The wording that went; null where something was only added. */
  readonly before: string | null;
  /** The wording that came; null where something was only removed. */
  readonly after: string | null;
  readonly place: 'title' | 'lead' | 'body' | 'tags' | 'images';
  /** Places in the two bodies, counted from 0; null outside the body. */
  readonly blockBefore: number | null;
  readonly blockAfter: number | null;
}
