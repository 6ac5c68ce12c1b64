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

/** Letters, digits and hyphens, because a topic's id is used in commands, file names and URLs. */
const TOPIC_ID = /^[a-z][a-z0-9-]{0,39}$/;

const hostName = checked('a host name in lower case, without port', isHostName, '');
const path = checked('an absolute path such as /geo_Vanadzor/', isSitePath, '');

/** One edition. `completeEdition` fills in whatever a new one leaves out. */
const editionSchema = section({
  family: checked(
    'a host name in lower case',
    isHostName,
    'The family of the edition. Editions of one family share article ids. Default: the id.',
  ).optional(),
  hosts: listSetting(
    hostName,
    'host names',
    { min: 1, max: 20 },
    'The hosts that serve the edition today. No others are ever contacted: if the site redirects to www. before its name, add that host here. Default: the id.',
  ).optional(),
  formerHosts: listSetting(
    hostName,
    'host names',
    { min: 0, max: 50 },
    'Earlier hosts of the edition. Their URLs are still recognised. Default: none.',
  ).optional(),
  language: checked(
    'a language tag (BCP 47), with script for Chinese: ru, zh-Hant',
    isLanguage,
    'The language of the articles.',
  ),
  timeZone: checked(
    'an IANA time zone',
    isTimeZone,
    'The time zone of times that the pages give without an offset. Default: UTC.',
  ).optional(),
  fetchFrom: checkedOrNull(
    'a bare origin such as http://127.0.0.1:8801',
    isBareOrigin,
    'A mirror, replay server or test site to contact instead of the real host, with the same paths. Default: null.',
  ).optional(),
  seedArticles: listSetting(
    path,
    'paths of articles',
    { min: 0, max: 100 },
    'Articles on the topics. The tag pages of a topic are learned from their tags. Default: none.',
  ).optional(),
  tagPages: z
    .record(
      z.string().regex(TOPIC_ID, 'expected the id of a topic'),
      listSetting(path, 'paths of tag pages', { min: 0, max: 100 }, ''),
      {
        error: 'expected a section of topic id: [paths]',
      },
    )
    .meta({
      allowed: 'topic id: [paths of its tag pages]',
      meaning: 'Known tag pages of the topics. Others are learned. Default: none.',
    })
    .optional(),
  enabled: yesOrNo('If false, the edition is crawled only when a command names it. Default: true.').optional(),
});

export const editionsSchema = z.record(
  z.string().refine(isHostName, 'expected a host name in lower case, without port'),
  editionSchema,
  { error: 'expected a section of edition id: { … }' },
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
    'An article is on the topic when one of its tags has one of these names. Case, width, script variant and letters that look alike do not matter.',
  ),
  enabled: yesOrNo('If false, nothing is collected for the topic. Default: true.').optional(),
});

export const topicsSchema = z.record(
  z.string().regex(TOPIC_ID, 'expected a word in lower case: letters, digits, hyphens'),
  topicSchema,
  { error: 'expected a section of topic id: { names: […] }' },
);

function isLanguage(tag: string): boolean {
  try {
    const locale = new Intl.Locale(tag);
    return locale.toString() === tag && (locale.language !== 'zh' || locale.script !== undefined);
  } catch {
    return false;
  }
}
