/** A short piece of news, and what may stand in it instead: `from|from` by `to|to`, in headline and text alike. */
export interface Notice {
  readonly language: string;
  readonly title: string;
  readonly text: string;
  readonly others: readonly (readonly [from: string, to: string])[];
}

export const NOTICES: readonly Notice[] = [
  {
    language: 'en',
    title: 'Ministry denies that three lorries were shot at near Gyumri',
    text: 'The ministry denies that three lorries were shot at near Gyumri on Tuesday. A spokesman said in the evening that the drivers had been heard, and that the road would stay closed for traffic in both directions until the investigation was over.',
    others: [
      ['denies', 'confirms'],
      ['three', 'five'],
      ['Gyumri', 'Vanadzor'],
    ],
  },
  {
    language: 'ru',
    title: 'Ведомство опровергает обстрел трёх грузовиков под Гюмри',
    text: 'Ведомство опровергает обстрел трёх грузовиков под Гюмри во вторник. Вечером его представитель рассказал, что водителей уже опросили и что дорога останется закрытой в обе стороны до конца расследования, о ходе которого сообщат дополнительно.',
    others: [
      ['опровергает', 'подтверждает'],
      ['трёх', 'пяти'],
      ['Гюмри', 'Ванадзором'],
    ],
  },
  {
    language: 'zh-Hans',
    title: '该部否认三辆卡车遭到射击',
    text: '该部周二否认三辆卡车在边境附近遭到射击。发言人当晚表示，司机已接受问询，在调查结束之前道路双向继续封闭，调查进展将另行通报，请过往人员绕行并听从现场指挥。',
    others: [
      ['否认', '证实'],
      ['三辆', '五辆'],
      ['卡车', '救护车'],
    ],
  },
  {
    language: 'zh-Hant',
    title: '普京將在莫斯科會見帕希尼揚',
    text: '普京將於下週在莫斯科會見帕希尼揚，雙方將討論經貿合作與地區安全問題，新聞祕書週三對記者表示，訪問日程正在協商，具體日期將在晚些時候公佈，屆時還會舉行記者會。',
    others: [
      ['普京', '拜登'],
      ['會見', '不會見'],
    ],
  },
  {
    language: 'hy',
    title: 'Հայաստանը կմասնակցի առաջիկա հանդիպմանը',
    text: 'Հայաստանը կմասնակցի առաջիկա հանդիպմանը, որը տեղի կունենա հաջորդ շաբաթ։ Այս մասին երեկոյան հայտնեց նախարարության ներկայացուցիչը և ավելացրեց, որ օրակարգում ճանապարհների և երկաթուղու հարցն է, իսկ արդյունքների մասին կհայտնեն առանձին։',
    others: [['կմասնակցի', 'չի մասնակցի']],
  },
  {
    language: 'az',
    title: 'Nazirlik üç yük maşınının atəşə tutulduğunu təsdiq etdi',
    text: 'Nazirlik üç yük maşınının atəşə tutulduğunu təsdiq etdi. Axşam onun nümayəndəsi bildirdi ki, sürücülər artıq dinlənilib və yol araşdırma başa çatana qədər hər iki istiqamətdə bağlı qalacaq, nəticələr barədə ayrıca məlumat veriləcək.',
    others: [
      ['təsdiq etdi', 'təkzib etdi'],
      ['təsdiq etdi', 'təsdiq etmədi'],
      ['üç', 'beş'],
    ],
  },
  {
    language: 'tr',
    title: 'Bakanlık konvoya ateş açıldığını doğruladı',
    text: 'Bakanlık konvoya ateş açıldığını doğruladı. Akşam saatlerinde konuşan sözcü, sürücülerin ifadelerinin alındığını ve yolun soruşturma bitene kadar iki yönde de trafiğe kapalı kalacağını, gelişmelerin ayrıca duyurulacağını söyledi.',
    others: [['doğruladı', 'yalanladı']],
  },
  {
    language: 'fa',
    title: '۳ کامیون در نزدیکی مرز هدف گلوله قرار گرفت',
    text: 'وزارتخانه اعلام کرد ۳ کامیون در نزدیکی مرز هدف گلوله قرار گرفت. سخنگوی آن عصر گفت که از رانندگان پرس‌وجو شده است و جاده تا پایان تحقیقات در هر دو جهت بسته می‌ماند و نتیجه جداگانه اعلام خواهد شد و رفت‌وآمد از مسیر دیگر است.',
    others: [['۳', '۵']],
  },
  {
    language: 'ar',
    title: 'الوزارة تؤكد إطلاق النار على القافلة',
    text: 'الوزارة تؤكد إطلاق النار على القافلة قرب الحدود. وقال المتحدث باسمها مساء اليوم إن السائقين أدلوا بأقوالهم وإن الطريق سيبقى مغلقا في الاتجاهين حتى انتهاء التحقيق، وإن النتائج ستعلن لاحقا في بيان منفصل لوسائل الإعلام.',
    others: [['تؤكد', 'تنفي']],
  },
  {
    language: 'ka',
    title: 'უწყება სამი მანქანის დაზიანებას ადასტურებს',
    text: 'უწყება სამი მანქანის დაზიანებას ადასტურებს საზღვართან. საღამოს მისმა წარმომადგენელმა განაცხადა, რომ მძღოლები უკვე გამოკითხეს და გზა გამოძიების დასრულებამდე ორივე მიმართულებით დაკეტილი იქნება, შედეგებს კი ცალკე გამოაქვეყნებენ.',
    others: [
      ['ადასტურებს', 'არ ადასტურებს'],
      ['სამი', 'ხუთი'],
    ],
  },
  {
    language: 'ja',
    title: '国境付近でトラック3台に発砲、当局が確認',
    text: '国境付近でトラック3台に発砲があったと当局が確認した。報道官は同日夜、運転手から事情を聴いたと述べ、捜査が終わるまで道路は双方向とも通行止めとし、結果は改めて発表すると説明した。周辺では迂回路が案内されている。',
    others: [
      ['3台', '5台'],
      ['確認', '否定'],
    ],
  },
  {
    language: 'es',
    title: 'El ministerio confirma disparos contra tres camiones',
    text: 'El ministerio confirma disparos contra tres camiones cerca de la frontera. Su portavoz dijo por la noche que los conductores ya habían declarado y que la carretera seguiría cerrada en ambos sentidos hasta que termine la investigación.',
    others: [
      ['confirma', 'desmiente'],
      ['tres', 'cinco'],
    ],
  },
  {
    language: 'fr',
    title: 'Le ministère confirme des tirs contre trois camions',
    text: 'Le ministère confirme des tirs contre trois camions près de la frontière. Son porte-parole a déclaré dans la soirée que les chauffeurs avaient été entendus et que la route resterait fermée dans les deux sens jusqu’à la fin de l’enquête.',
    others: [
      ['confirme', 'dément'],
      ['trois', 'cinq'],
    ],
  },
];
