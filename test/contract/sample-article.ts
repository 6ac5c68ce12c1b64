import type { RenderedArticle } from './render-current-page.js';

/** An invented article with one block of every kind; the mutation and fuzz tests start from it. */
export const SAMPLE_ARTICLE: RenderedArticle = {
  url: 'https://sputniknews.cn/20240315/1057700001.html',
  articleId: '1057700001',
  language: 'zh',
  title: '湖畔博物馆将展出 300 件古代乐器',
  lead: '俄罗斯卫星通讯社埃里温3月15日电 博物馆馆长对记者表示,春季展览将于下周开幕,共展出三百件乐器。',
  body: [
    { type: 'text', text: '馆长说,展品来自亚美尼亚各地的收藏,其中最早的一支骨笛已有三千年历史。' },
    { type: 'quote', text: '他说:“每一件乐器都能演奏,我们请来了六位乐师。”' },
    { type: 'heading', text: '三个展厅' },
    { type: 'list', text: '弦乐器\n管乐器\n打击乐器' },
    { type: 'text', text: '展览门票为 1500 德拉姆,学生半价。A & B <展厅> 每天开放到晚上八点。' },
    { type: 'text', text: '闭幕音乐会定于6月1日举行,届时还将公布下一届展览的主题。' },
  ],
  published: '2024-03-15T18:20+0800',
  modified: '2024-03-15T19:05+0800',
  unixtime: 1710498000,
  tags: [
    { name: '亚美尼亚', href: '/geo_yameiniya/' },
    { name: '文化', href: '/category_wenhua/' },
    { name: '博物馆', href: '/keyword_bowuguan/' },
  ],
  image: 'https://cdn.sputniknews.cn/img/07e8/03/0f/1057700002_0:0:1280:720_1920x0_80_0_0_0123456789abcdef.jpg',
  inlineLinks: [{ block: 0, words: '各地的收藏', href: '/20240301/1057600003.html' }],
  cards: [{ after: 1, href: '/20240310/1057650004.html?in=t', title: '去年的展览吸引了两万名观众' }],
  articleBody: '馆长说,展品来自亚美尼亚各地的收藏。',
  agency: '俄罗斯卫星通讯社',
  copyrightHolder: 'MIA „Rossiya Segodnya“',
};
