import { z } from 'zod';
import {
  checked,
  checkedOrNull,
  isBareOrigin,
  isHostName,
  isSitePath,
  isTimeZone,
  listSetting,
  section,
  yesOrNo,
} from './setting-kinds.js';

/** Letters, digits and hyphens: a topic's id is a word of commands, files and addresses. */
const TOPIC_ID = /^[a-z][a-z0-9-]{0,39}$/;

const hostName = checked('a host name in lower case, without port', isHostName, '');
const path = checked('an absolute path such as /geo_Vanadzor/', isSitePath, '');

/** One edition; whatever is left out of a new one is filled in by `completeEdition`. */
const editionSchema = section({
  family: checked(
    'a host name in lower case',
    isHostName,
    'Editions of one family share article ids. Default: the id.',
  ).optional(),
  hosts: listSetting(
    hostName,
    'host names',
    { min: 1, max: 20 },
    'Hosts that serve it today; the only ones ever contacted. Default: the id.',
  ).optional(),
  formerHosts: listSetting(
    hostName,
    'host names',
    { min: 0, max: 50 },
    'Earlier hosts, whose addresses are still recognised. Default: none.',
  ).optional(),
  language: checked(
    'a language tag (BCP 47), with script for Chinese: ru, zh-Hant',
    isLanguage,
    'Language of its articles.',
  ),
  timeZone: checked(
    'an IANA time zone',
    isTimeZone,
    'Zone of times that its pages give without offset. Default: UTC.',
  ).optional(),
  fetchFrom: checkedOrNull(
    'a bare origin such as http://127.0.0.1:8801',
    isBareOrigin,
    'Mirror, replay server or test site that stands in for the real host; path unchanged. Default: null.',
  ).optional(),
  seedArticles: listSetting(
    path,
    'paths of articles',
    { min: 0, max: 100 },
    'Articles that carry the topics, from which tag pages are learned. Default: none.',
  ).optional(),
  tagPages: z
    .record(
      z.string().regex(TOPIC_ID, 'wanted the id of a topic'),
      listSetting(path, 'paths of tag pages', { min: 0, max: 100 }, ''),
      {
        error: 'wanted a section of topic id: [paths]',
      },
    )
    .meta({
      allowed: 'topic id: [paths of its tag pages]',
      meaning: 'Tag pages that are known; others are learned. Default: none.',
    })
    .optional(),
  enabled: yesOrNo('Off: it is not crawled unless a command names it. Default: true.').optional(),
});

export const editionsSchema = z.record(
  z.string().refine(isHostName, 'wanted a host name in lower case, without port'),
  editionSchema,
  { error: 'wanted a section of edition id: { … }' },
);

const topicSchema = section({
  names: listSetting(
    checked(
      '1 to 100 characters, no space around',
      (name) => name.trim() === name && name !== '' && name.length <= 100,
      '',
    ),
    'names, 1 to 100 characters each',
    { min: 1, max: 500 },
    'An article is on the topic when one of its tags bears one of these names; case, width and script variant do not matter.',
  ),
  enabled: yesOrNo('Off: nothing is collected for it. Default: true.').optional(),
});

export const topicsSchema = z.record(
  z.string().regex(TOPIC_ID, 'wanted a word in lower case: letters, digits, hyphens'),
  topicSchema,
  { error: 'wanted a section of topic id: { names: […] }' },
);

function isLanguage(tag: string): boolean {
  try {
    const locale = new Intl.Locale(tag);
    return locale.toString() === tag && (locale.language !== 'zh' || locale.script !== undefined);
  } catch {
    return false;
  }
}
