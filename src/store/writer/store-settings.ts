import { DEFAULT_DEDUPE_SETTINGS, type DedupeSettings } from '../../dedupe/settings.js';

/** What may be tuned about the store. */
export interface StoreSettings {
  readonly dedupe: DedupeSettings;
  /** Most writes that share one commit. More make each wait longer and the disk work less. */
  readonly batchMax: number;
  /** Most writes that wait for the disk before further ones are refused. */
  readonly waitingMax: number;
}

export const DEFAULT_STORE_SETTINGS: StoreSettings = {
  dedupe: DEFAULT_DEDUPE_SETTINGS,
  batchMax: 64,
  waitingMax: 10_000,
};
