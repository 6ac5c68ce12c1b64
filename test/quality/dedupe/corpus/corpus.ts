/** A text as an editor writes it. */
export interface StoryText {
  readonly title: string;
  readonly lead: string;
  readonly paragraphs: readonly string[];
}

/** One event, told twice by different hands, with the words that turn it round. */
export interface Story extends StoryText {
  /** The same event told again. */
  readonly again: StoryText;
  /** Words that occur in the title or lead, and what denies them. */
  readonly denial: readonly [string, string];
  /** A name that occurs in the text, and another. */
  readonly name: readonly [string, string];
}

/** What one language contributes to the labelled set. All texts are invented for it. */
export interface Corpus {
  readonly language: string;
  readonly stories: readonly Story[];
  /** Long paragraphs of history that editors paste under news of the same subject. */
  readonly backgrounders: readonly string[];
  /** Wordings of one region and what another region says instead. */
  readonly wordings: readonly (readonly [string, string])[];
  /** Paragraphs that an update adds. */
  readonly additions: readonly string[];
  /** The daily bulletin of a day with its counts. */
  readonly bulletin: (day: number, counts: readonly [number, number, number]) => StoryText;
}
