/** Small invented articles in eight languages, and queries over all of them with the articles that they ask for. */
export interface SearchedArticle {
  readonly name: string;
  readonly language: string;
  readonly title: string;
  readonly text: string;
  readonly tags: readonly string[];
}

export interface KnownQuery {
  /** `exact`: the forms of the texts; `inflected`: at least one other form; `excluding`: something is excluded. */
  readonly kind: 'exact' | 'inflected' | 'excluding';
  readonly query: string;
  /** Names of the articles that are wanted. */
  readonly wanted: readonly string[];
  /** Names of those that must not be found. */
  readonly unwanted?: readonly string[];
}

function articles(
  language: string,
  prefix: string,
  texts: readonly (readonly [string, string, string])[],
): SearchedArticle[] {
  return texts.map(([title, text, tags], at) => {
    return { name: `${prefix}${at + 1}`, language, title, text, tags: tags.split(', ') };
  });
}

export const SEARCHED_ARTICLES: readonly SearchedArticle[] = [
  ...articles('ru', 'ru', [
    [
      'Армения и Азербайджан подписали соглашение о мире',
      'Министры встретились в Москве. Стороны договорились открыть границу и обменяться пленными.',
      'Армения, Азербайджан',
    ],
    [
      'Поезда снова идут из Еревана',
      'Железная дорога открыта после ремонта. Первый поезд прибыл в Гюмри утром, пассажиры довольны.',
      'Армения',
    ],
    [
      'Урожай абрикосов вырос',
      'Фермеры Араратской долины собрали абрикосы и отправили их в Россию. Цены на фрукты упали.',
      'Армения, Сельское хозяйство',
    ],
    [
      'Газопровод построят через Нагорный Карабах',
      'Президент Азербайджана рассказал о строительстве газопровода. Работы начнутся весной.',
      'Азербайджан, Нагорный Карабах',
    ],
    [
      'Футболисты Баку победили',
      'Матч в Тбилиси закончился со счётом 3:1. Болельщики пели ещё час.',
      'Азербайджан, Футбол',
    ],
  ]),
  ...articles('en', 'en', [
    [
      'Armenia and Azerbaijan signed a peace agreement',
      'Ministers met in Washington. The parties agreed to open the border and to exchange prisoners.',
      'Armenia, Azerbaijan',
    ],
    [
      'Trains are running from Yerevan again',
      'The railway was repaired. The first train arrived in Gyumri in the morning; passengers cheered.',
      'Armenia',
    ],
    [
      'Apricot harvest grows',
      "Farmers of the Ararat valley picked apricots and sold them abroad. Prices fell in Armenia's markets.",
      'Armenia',
    ],
    [
      'Pipeline to cross the mountains',
      'The President of Azerbaijan spoke about building pipelines. Works will begin in spring.',
      'Azerbaijan, Energy',
    ],
    ['Baku wins the match', 'The match in Tbilisi ended 3:1. Fans sang for an hour.', 'Azerbaijan, Football'],
  ]),
  ...articles('es', 'es', [
    [
      'Armenia y Azerbaiyán firmaron un acuerdo de paz',
      'Los ministros se reunieron en Moscú. Las partes acordaron abrir la frontera e intercambiar prisioneros.',
      'Armenia, Azerbaiyán',
    ],
    [
      'Los trenes vuelven a salir de Ereván',
      'El ferrocarril fue reparado. El primer tren llegó a Guiumrí por la mañana con muchos pasajeros.',
      'Armenia',
    ],
    [
      'La cosecha de albaricoques aumentó',
      'Los agricultores del valle vendieron la fruta al extranjero. Los precios bajaron.',
      'Armenia',
    ],
    [
      'Un gasoducto cruzará las montañas',
      'El presidente de Azerbaiyán habló de la construcción. Las obras empezarán en primavera.',
      'Azerbaiyán',
    ],
  ]),
  ...articles('fr', 'fr', [
    [
      "L'Arménie et l'Azerbaïdjan ont signé un accord de paix",
      "Les ministres se sont réunis à Moscou. Les parties ont décidé d'ouvrir la frontière et d'échanger des prisonniers.",
      'Arménie, Azerbaïdjan',
    ],
    [
      "Les trains repartent d'Erevan",
      'Le chemin de fer a été réparé. Le premier train est arrivé le matin avec de nombreux passagers.',
      'Arménie',
    ],
    [
      "La récolte d'abricots augmente",
      "Les agriculteurs de la vallée ont vendu leurs fruits à l'étranger. Les prix ont baissé.",
      'Arménie',
    ],
    ['Un gazoduc traversera les montagnes', 'Le président a parlé de la construction à Bakou.', 'Azerbaïdjan'],
  ]),
  ...articles('hy', 'hy', [
    [
      'Հայաստանը և Ադրբեջանը խաղաղության համաձայնագիր ստորագրեցին',
      'Նախարարները հանդիպեցին Մոսկվայում։ Կողմերը պայմանավորվեցին բացել սահմանը։',
      'Հայաստան, Ադրբեջան',
    ],
    ['Գնացքները կրկին մեկնում են Երևանից', 'Երկաթուղին վերանորոգվել է։ Առաջին գնացքը հասավ Գյումրի։', 'Հայաստան'],
    ['Ծիրանի բերքը աճել է', 'Արարատյան դաշտի ֆերմերները ծիրան են հավաքել և արտահանել Ռուսաստան։', 'Հայաստան'],
    ['Գազատարը կանցնի լեռներով', 'Ադրբեջանի նախագահը խոսեց շինարարության մասին։', 'Ադրբեջան'],
  ]),
  ...articles('az', 'az', [
    [
      'Ermənistan və Azərbaycan sülh müqaviləsi imzaladı',
      'Nazirlər Moskvada görüşdülər. Tərəflər sərhədi açmağa razılaşdılar.',
      'Ermənistan, Azərbaycan',
    ],
    ['Qatarlar yenidən Bakıdan yola düşür', 'Dəmir yolu təmir edilib. İlk qatar səhər Gəncəyə çatdı.', 'Azərbaycan'],
    ['Nar məhsulu artıb', 'Fermerlər narları Rusiyaya göndərdilər. Meyvənin qiyməti aşağı düşüb.', 'Azərbaycan'],
    ['Qaz kəməri dağlardan keçəcək', 'Azərbaycanın prezidenti tikinti haqqında danışdı.', 'Azərbaycan'],
  ]),
  ...articles('ar', 'ar', [
    [
      'أرمينيا وأذربيجان توقعان اتفاق سلام',
      'اجتمع الوزراء في موسكو. اتفق الطرفان على فتح الحدود وتبادل الأسرى.',
      'أرمينيا, أذربيجان',
    ],
    ['القطارات تعود إلى يريفان', 'تم إصلاح السكة الحديدية. وصل القطار الأول صباحا مع الركاب.', 'أرمينيا'],
    ['زيادة محصول المشمش', 'باع المزارعون الفواكه في الخارج. انخفضت الأسعار في الأسواق.', 'أرمينيا'],
    ['خط أنابيب يعبر الجبال', 'تحدث رئيس أذربيجان عن البناء. ستبدأ الأعمال في الربيع.', 'أذربيجان'],
  ]),
  ...articles('zh-Hans', 'zh', [
    ['亚美尼亚与阿塞拜疆签署和平协议', '外长们在莫斯科会晤。双方同意开放边界并交换战俘。', '亚美尼亚, 阿塞拜疆'],
    ['杏子丰收', '亚拉腊谷地的农民收获了杏子,制成杏干出口俄罗斯。', '亚美尼亚'],
  ]),
  ...articles('zh-Hant', 'tw', [
    ['列車再次從埃里溫出發', '鐵路已經修復。第一列火車早上抵達久姆里。', '亞美尼亞'],
    ['天然氣管道將穿越山區', '阿塞拜疆總統談到了建設計劃。總理尼科爾·帕希尼揚表示反對。', '阿塞拜疆'],
  ]),
];

function known(kind: KnownQuery['kind'], rows: readonly (readonly [string, string, string?])[]): KnownQuery[] {
  const list = (names: string): string[] => names.split(' ');
  return rows.map(([query, wanted, unwanted]) => {
    return { kind, query, wanted: list(wanted), ...(unwanted === undefined ? {} : { unwanted: list(unwanted) }) };
  });
}

export const KNOWN_QUERIES: readonly KnownQuery[] = [
  ...known('exact', [
    ['Армения', 'ru1 ru2 ru3', 'ru4 ru5'],
    ['"соглашение о мире"', 'ru1', 'ru2 ru4'],
    ['еще', 'ru5'],
    ['tag:"Нагорный Карабах"', 'ru4', 'ru1 ru5'],
    ['Гюмри OR Тбилиси', 'ru2 ru5', 'ru1 ru3 ru4'],
    ['border', 'en1', 'en2 en4'],
    ['"peace agreement"', 'en1', 'en4'],
    ['(Gyumri OR Tbilisi) -match', 'en2', 'en5'],
    ['frontera', 'es1', 'es4'],
    ['azerbaiyan', 'es1 es4', 'es2 es3'],
    ['gasoducto', 'es4', 'es1'],
    ['Arménie', 'fr1 fr2 fr3', 'fr4'],
    ['armenie lang:fr', 'fr1 fr2 fr3', 'fr4'],
    ['Հայաստան', 'hy1 hy2 hy3', 'hy4'],
    ['ԵՐԵՎԱՆԻՑ', 'hy2', 'hy1'],
    ['AZƏRBAYCAN', 'az1 az2 az3 az4'],
    ['Ermənistan', 'az1', 'az2 az3 az4'],
    ['أرمينيا', 'ar1 ar2 ar3', 'ar4'],
    ['ارمينيا', 'ar1 ar2 ar3', 'ar4'],
    ['亚美尼亚', 'zh1 zh2 tw1', 'tw2'],
    ['亞美尼亞', 'zh1 zh2 tw1', 'tw2'],
    ['铁路', 'tw1', 'tw2 zh1'],
    ['總統', 'tw2', 'tw1'],
    ['总统 管道', 'tw2', 'zh1'],
    ['杏', 'zh2', 'zh1'],
    ['尼科尔·帕希尼扬', 'tw2', 'tw1 zh1'],
    ['"和平协议"', 'zh1', 'tw1'],
    ['tag:阿塞拜疆 lang:zh', 'zh1 tw2', 'zh2 tw1'],
  ]),
  ...known('inflected', [
    ['Арменией', 'ru1 ru2 ru3', 'ru4 ru5'],
    ['поездами', 'ru2', 'ru1 ru4'],
    ['абрикосам', 'ru3', 'ru2'],
    ['президенту', 'ru4'],
    ['"соглашением о мире"', 'ru1'],
    ['границы министра', 'ru1'],
    ['газопроводов', 'ru4', 'ru1'],
    ['agreements', 'en1'],
    ['prisoner', 'en1'],
    ['picking apricot', 'en3'],
    ['passenger', 'en2'],
    ['acuerdos', 'es1'],
    ['ministro', 'es1'],
    ['pasajero', 'es2'],
    ['albaricoque', 'es3'],
    ['montaña', 'es4'],
    ['accords', 'fr1'],
    ['ministre', 'fr1'],
    ['abricot', 'fr3'],
    ['montagne', 'fr4'],
    ['Հայաստանում', 'hy1 hy2 hy3', 'hy4'],
    ['գնացք', 'hy2', 'hy1'],
    ['նախագահի', 'hy4'],
    ['սահման', 'hy1'],
    ['ծիրանը', 'hy3'],
    ['Azərbaycanda', 'az1 az2 az3 az4'],
    ['Bakı', 'az2', 'az1'],
    ['prezident', 'az4'],
    ['sərhəd', 'az1'],
    ['müqavilə', 'az1'],
    ['Rusiya', 'az3'],
    ['حدود', 'ar1', 'ar2'],
    ['قطار', 'ar2', 'ar1'],
    ['مشمش', 'ar3'],
    ['والرئيس', 'ar4'],
    ['وزراء', 'ar1'],
  ]),
  ...known('excluding', [
    ['Азербайджан -футбол', 'ru1 ru4', 'ru5'],
    ['Армения -поезда', 'ru1 ru3', 'ru2'],
    ['Azerbaijan -football', 'en1 en4', 'en5'],
    ['Armenia -"peace agreement" lang:en', 'en2 en3', 'en1'],
    ['Armenia -acuerdos lang:es', 'es2 es3', 'es1'],
    ['Arménie -(train OR abricot)', 'fr1', 'fr2 fr3'],
    ['Հայաստան -ծիրան', 'hy1 hy2', 'hy3'],
    ['Azərbaycan -nar', 'az1 az2 az4', 'az3'],
    ['أذربيجان -أنابيب', 'ar1', 'ar4'],
    ['亚美尼亚 -杏干', 'zh1 tw1', 'zh2'],
    ['亚美尼亚 -鐵路 -tag:阿塞拜疆', 'zh2', 'zh1 tw1'],
  ]),
];
