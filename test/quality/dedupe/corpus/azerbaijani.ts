import type { Corpus } from './corpus.js';

export const azerbaijani: Corpus = {
  language: 'az',
  stories: [
    {
      title: 'İrəvan sərhəddə üç buraxılış məntəqəsinin açılmasına razıdır',
      lead: 'Ermənistanın baş nazirinin müavini Suren Qriqoryan çərşənbə axşamı parlamentdə bildirib ki, İrəvan Azərbaycanla sərhəddə üç buraxılış məntəqəsinin mayın 20-də açılmasına razıdır.',
      paragraphs: [
        'Qriqoryanın sözlərinə görə, ilk mərhələdə gündə 140-a qədər yük maşını keçəcək, minik avtomobillərinə isə sentyabrdan icazə veriləcək. Gömrük rüsumları dəyişməz qalacaq, yoxlama qırx dəqiqədən çox çəkməyəcək.',
        '"Kim malı və sənədi ilə gəlirsə, o da keçir, qalan hər şeyi delimitasiya komissiyası həll edəcək", - deyə o, İcevanda jurnalistlərə söyləyib.',
        'Berkaber icmasının başçısı Vahe Mirzoyan deyib ki, sakinlər ticarətdən çox su gözləyirlər: su anbarındakı nasos stansiyası 1992-ci ildən işləmir, 46 hektar bağ quruyub.',
        'Müxalifət razılaşmanın mətninin dərc olunmasını tələb edib. Hökumət bunu imzalanmadan sonra iki gün ərzində etməyə söz verib.',
      ],
      again: {
        title: 'Qonşular arasında birbaşa ticarət yazın sonunda başlayacaq',
        lead: 'Otuz ildən artıq müddətdə ilk dəfə olaraq yüklər iki ölkə arasında dolayı yolsuz daşınacaq, erməni paytaxtındakı rəsmilər belə xəbər verirlər.',
        paragraphs: [
          'Əvvəlcə ağır texnikaya yol açılacaq, sürücülər payıza kimi səbir etməli olacaqlar.',
          'Sərhəd kəndlərində xəbəri sakit qarşılayıblar, camaatı suvarma daha çox narahat edir.',
          'Tənqidçilər heç bir kağızı qabaqcadan görmədiklərindən gileylidirlər.',
        ],
      },
      denial: ['açılmasına razıdır', 'açılmasına razı deyil'],
      name: ['Qriqoryan', 'Abraamyan'],
    },
    {
      title: 'Azərbaycan Cənubi Avropaya qaz ixracını 8 faiz artıracaq',
      lead: 'Energetika Nazirliyi cümə axşamı elan edib ki, iyulun 1-dən Azərbaycandan Cənubi Avropaya boru kəməri ilə gündəlik qaz ixracı 8 faiz artaraq 36 milyon kubmetrə çatacaq.',
      paragraphs: [
        'Nazir müavini Ramin Hüseynov bildirib ki, artımı Xəzərdəki Şadan yatağının ikinci mərhələsində qazılmış dörd yeni quyu təmin edəcək. Kompressor stansiyaları yazda yenilənib, sınaqlar uğurla keçib.',
        '"Müqavilədə yazılan hər kubmetr vaxtında çatdırılacaq", - deyə Hüseynov əmin edib. Onun sözlərinə görə, yunan və italyan tərəfdaşlarla 2027-ci ildən sonrakı qiymət düsturu müzakirə olunur.',
        'Müstəqil təhlilçi Dinarə Məmmədova hesab edir ki, Avropa anbarlarının doldurulması sürətlənəcək, lakin bu, spot qiymətə min kubmetr üçün beş dollardan çox təsir etməyəcək.',
        'Dövlət neft şirkətinin yarımillik mənfəəti 14 faiz artıb, kəşfiyyata 920 milyon manat yatırılıb.',
      ],
      again: {
        title: 'Bakı yayda alıcılara daha çox yanacaq vəd edir',
        lead: 'Hökumət ilin ikinci yarısında Avropa İttifaqındakı müştərilərin indikindən təxminən onda bir qədər artıq mavi yanacaq alacağını deyir.',
        paragraphs: [
          'Məmurlar təzə qazma işlərini və dəhlizdəki təmiri əsas gətirirlər.',
          'Gələn onillikdə xammalın neçəyə satılacağı barədə danışıqlar davam edir.',
          'Ekspertlər möcüzə gözləməməyi məsləhət görürlər, bazarı qış müəyyən edir.',
        ],
      },
      denial: ['8 faiz artaraq', '8 faiz artmayaraq'],
      name: ['Hüseynov', 'Ələkbərov'],
    },
    {
      title: 'Avropa müşahidəçiləri Ermənistanda daha iki baza alacaq',
      lead: 'Avropa İttifaqının mülki missiyası Ermənistanda iki ön baza açacaq və heyətini 209 nəfərə çatdıracaq, missiyanın rəhbəri Markus Ritberq İrəvanda deyib.',
      paragraphs: [
        'Bazalar Gorusdan cənubda və İcevan yaxınlığında yerləşəcək, hər biri altı yolsuzluq avtomobili və kiçik bir pilotsuz aparat alacaq. Patrulların sayı həftədə 100-dən 130-a yüksələcək.',
        'Ritberq əməkdaşlarının qonşu ordu haqqında məlumat topladığını inkar edib. "Silahımız yoxdur və mövqeləri çəkmirik", - deyə o vurğulayıb və hesabatların yalnız Brüsselə getdiyini əlavə edib.',
        'Azərbaycan Xarici İşlər Nazirliyi missiyanı etimad üçün faydasız adlandırıb və onu "durbin diplomatiyası"nda ittiham edib.',
        'Moskvada bildiriblər ki, regiondankənar qüvvələrin fəaliyyəti şəffaf olmalı və bütün qonşuların maraqlarını nəzərə almalıdır.',
      ],
      again: {
        title: 'Avropalılar sərhəd boyu daha tez-tez gəzəcəklər',
        lead: 'Yeni mandat alan Brüssel elçiləri adam işə götürür, maşın alır və dağlarda bir cüt məntəqə də axtarır.',
        paragraphs: [
          'Onların komandiri and içir ki, heç kim casusluqla məşğul olmur.',
          'Xəttin o tayında bu vədlərə inanan yoxdur.',
          'Rusiya hər şeyin açıq olmasını istəyir.',
        ],
      },
      denial: ['inkar edib', 'inkar etməyib'],
      name: ['Ritberq', 'Vandermeer'],
    },
  ],
  backgrounders: [
    'Qarabağ ətrafında mübahisə səksəninci illərin sonunda kəskinləşdi. 1988-ci ildə vilayət şurası inzibati tabeliyin dəyişdirilməsini xahiş etdi, bunun ardınca toqquşmalar və əhalinin qaçqın düşməsi başladı. 1991-1994-cü illərin döyüşləri on minlərlə insanın həyatına son qoydu, bir milyona yaxın adam evsiz qaldı. Atəşkəs bir neçə ölkənin vasitəçiliyi ilə əldə olundu, lakin təmas xəttində atışma daha iyirmi beş il dayanmadı.',
    '2020-ci ilin payızında hərbi əməliyyatlar yenidən başladı və 44 gün davam etdi. Noyabrın 10-da üç ölkənin liderləri atəşkəsi, əsirlərin və həlak olanların cənazələrinin mübadiləsini, rayonların mərhələli şəkildə təhvil verilməsini və sülhməramlıların beş il müddətinə yerləşdirilməsini nəzərdə tutan bəyanat imzaladılar. Sənəd bütün nəqliyyat əlaqələrinin bərpasından da danışırdı, ancaq tərəflər bu sözləri fərqli yozurlar.',
    '2023-cü ilin sentyabrında Azərbaycan bir günlük əməliyyat keçirdi, yerli dəstələr buraxılmağa razılaşdı, yüz mindən çox sakin bir həftə ərzində getdi. O vaxtdan bəri tərəflər müxtəlif meydançalarda sülh müqaviləsini razılaşdırırlar; 2025-ci ilin yazında mətnin hazır olduğu elan edildi, konstitusiya və üçüncü ölkələrin iştirakı mübahisəli qaldı.',
  ],
  wordings: [
    ['jurnalistlərə', 'müxbirlərə'],
    ['yük maşını', 'TIR'],
    ['pilotsuz aparat', 'dron'],
    ['minik avtomobillərinə', 'şəxsi maşınlara'],
    ['bildirib', 'söyləyib'],
    ['faiz', '%'],
  ],
  additions: [
    'Sonradan qurumda əlavə ediblər ki, iş qrafik üzrə gedir, təzə məlumatlar isə hər gün səhər saat onda dərc olunacaq.',
    'Bir gün əvvəl qonşu ölkənin agentliyi adı çəkilməyən mənbəyə istinadən eyni barədə xəbər vermişdi, rəsmi cavab o zaman olmamışdı.',
  ],
  bulletin: (day, [violations, drones, wounded]) => ({
    title: `Azərbaycan MN: atəşkəs sutka ərzində ${violations} dəfə pozulub`,
    lead: `Aprelin ${day}-də erməni bölmələri sərhəddəki mövqeləri ${violations} dəfə atəşə tutub, Azərbaycan Müdafiə Nazirliyinin gündəlik məlumatında deyilir.`,
    paragraphs: [
      `Berd, İcevan və Vardenis istiqamətindən iriçaplı pulemyotlardan və snayper tüfənglərindən istifadə olunub. Hava hücumundan müdafiə vasitələri ${drones} pilotsuz aparat aşkar edib, hamısı geri qayıtmağa məcbur olub.`,
      `Yüngül yaralanan hərbçilərin sayı ${wounded} nəfərdir, ölən yoxdur. Bölmələr cavab tədbirləri görüb, vəziyyət nəzarət altındadır, bütün sahələrdə növbətçilik plan üzrə davam edir.`,
    ],
  }),
};
