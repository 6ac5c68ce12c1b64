import type { Corpus } from './corpus.js';

export const english: Corpus = {
  language: 'en',
  stories: [
    {
      title: 'Yerevan Agrees to Open Three Border Crossings, Deputy PM Says',
      lead: 'Armenia has agreed to open three crossings on its border with Azerbaijan on May 20, Deputy Prime Minister Suren Grigoryan told lawmakers on Tuesday, calling it a first step towards normal trade.',
      paragraphs: [
        'Up to 140 lorries a day will be let through at first, Grigoryan said, and private cars will follow in September. Customs duties stay as they are, and an inspection should take no longer than forty minutes.',
        '"Whoever travels with goods and papers gets through, it is as simple as that," he told reporters in Ijevan. "Everything else is a matter for the delimitation commission."',
        'Vahe Mirzoyan, who heads the village of Berkaber, said his neighbours were waiting for water rather than for trade: the pumping station at the reservoir has stood idle since 1992 and 46 hectares of orchards have dried up.',
        'The opposition demanded that the text of the agreement be published. The government promised to do so within two days of its signing.',
      ],
      again: {
        title: 'Direct Trade Between the Neighbours Due to Start in Late Spring',
        lead: 'For the first time in over thirty years goods are to move straight across the frontier between the two Caucasus rivals, according to officials in the Armenian capital.',
        paragraphs: [
          'Heavy vehicles come first; motorists will have to be patient until autumn. Nobody plans to touch tariffs.',
          'Villagers near the line shrugged at the announcement, since irrigation worries them far more than commerce.',
          'Critics of the cabinet complain that they were shown no document beforehand.',
        ],
      },
      denial: ['has agreed to open', 'has not agreed to open'],
      name: ['Grigoryan', 'Abrahamyan'],
    },
    {
      title: 'Two Hurt as Blaze Guts 19th-Century House in Gyumri',
      lead: 'A two-storey stone house in the old quarter of Gyumri burned through the night, injuring two people and keeping firefighters busy for five hours, the Armenian rescue service said.',
      paragraphs: [
        'Neighbours raised the alarm at 23:40. Nine crews with 38 firefighters came to the scene, but parked cars delayed the ladder by some twenty minutes.',
        "Mayor Gagik Vardanyan said the elderly couple who own the house were taken to hospital and are in stable condition. Six families have been put up in a hotel at the city's expense.",
        "Old wiring in the attic appears to have caused the fire. Investigators rule out arson; the experts' report is expected in about ten days.",
        'The building survived the earthquake of 1988 and was considered one of the finest examples of local architecture. The ministry of culture has promised money for the facade.',
      ],
      again: {
        title: 'Landmark That Withstood Earthquake Falls to Flames',
        lead: 'It came through the disaster of three decades ago without a crack, but on Saturday night the historic mansion lost its roof to a fire whose glow was seen across town.',
        paragraphs: [
          'The owners, both in their eighties, were carried out by rescuers and doctors say their lives are not in danger.',
          'Narrow lanes full of vehicles kept the engines from getting close.',
          'Nobody suspects foul play: worn-out cables are the likeliest culprit.',
        ],
      },
      denial: ['Investigators rule out', 'Investigators do not rule out'],
      name: ['Vardanyan', 'Khachatryan'],
    },
    {
      title: 'Azerbaijan to Raise Gas Exports to Southern Europe by 8%',
      lead: 'Daily exports of pipeline gas from Azerbaijan to southern Europe will grow by 8% to 36 million cubic metres from July 1, the energy ministry in Baku announced on Thursday.',
      paragraphs: [
        'Four new wells at the second stage of the Shadan field in the Caspian will provide the increase, Deputy Minister Ramin Huseynov said. The compressor stations were modernised in spring and passed their tests.',
        '"Every cubic metre in the contract will be delivered on time," Huseynov assured. Talks with Greek and Italian partners about a price formula beyond 2027 have begun, he added.',
        'Independent analyst Dinara Mammadova believes European storage will fill faster, although the effect on spot prices should not exceed five dollars per thousand cubic metres.',
        'The state oil company reported a 14% rise in half-year profit and put 920 million manats into exploration.',
      ],
      again: {
        title: 'Baku Promises Customers More Fuel This Summer',
        lead: 'Buyers in the European Union can count on nearly a tenth more Caspian fuel in the second half of the year, according to the government of the oil-rich republic.',
        paragraphs: [
          'Officials point to fresh drilling and to repairs along the southern corridor.',
          'What the commodity shall cost in the coming decade is still being haggled over.',
          'Observers warn against great expectations, since winter and not summer makes the market.',
        ],
      },
      denial: ['will grow by 8%', 'will not grow by 8%'],
      name: ['Huseynov', 'Alakbarov'],
    },
    {
      title: 'EU Monitors to Get Two More Bases in Armenia, Mission Chief Says',
      lead: 'The civilian monitoring mission of the European Union will set up two forward bases in Armenia and grow to 209 people, its chief Markus Rietberg said in Yerevan.',
      paragraphs: [
        'The bases will stand south of Goris and near Ijevan, each with six off-road vehicles and a small drone. The number of patrols is to go up from 100 to 130 a week.',
        'Rietberg denied that his staff gather information on the neighbouring army. "We carry no weapons and we do not film positions," he said, adding that reports go to Brussels alone.',
        'The Azerbaijani foreign ministry called the mission useless for building trust and accused it of "binocular diplomacy".',
        'Moscow said that the presence of outside forces must be transparent and take into account the interests of all neighbours.',
      ],
      again: {
        title: 'Europeans Plan Busier Patrols Along the Frontier',
        lead: 'With a fresh mandate in hand, the envoys of Brussels are hiring, buying cars and looking for another pair of outposts in the mountains.',
        paragraphs: [
          'Their commander swears that nobody spies on anybody and that only officials at headquarters ever read the files.',
          'Across the line such assurances fall on deaf ears.',
          'Russia wants everything put on the table.',
        ],
      },
      denial: ['Rietberg denied', 'Rietberg has never denied'],
      name: ['Rietberg', 'Vandermeer'],
    },
  ],
  backgrounders: [
    'The dispute over Karabakh flared up at the end of the 1980s. In 1988 the regional council asked for a change of its administrative status, and clashes and the flight of residents followed. The fighting of 1991-1994 cost tens of thousands of lives and left almost a million people homeless. A ceasefire was mediated by several countries, yet shooting along the line of contact never really stopped for a quarter of a century.',
    'Hostilities resumed in the autumn of 2020 and lasted 44 days. On November 10 the leaders of three countries signed a statement that provided for a ceasefire, the exchange of prisoners and of the bodies of the dead, the handing over of districts in stages and the deployment of peacekeepers for five years. It also spoke of restoring all transport links, words which the sides have read differently ever since.',
    'In September 2023 Azerbaijan carried out an operation of a single day, local forces agreed to disband, and more than a hundred thousand residents left within a week. Since then the two capitals have negotiated a peace treaty on various platforms; in the spring of 2025 its text was declared agreed, with the constitution and the presence of third parties left open.',
  ],
  wordings: [
    ['lorries', 'trucks'],
    ['metres', 'meters'],
    ['neighbours', 'neighbors'],
    ['neighbouring', 'neighboring'],
    ['two-storey', 'two-story'],
    ['hectares', 'acres'],
    ['modernised', 'modernized'],
    ['reporters', 'journalists'],
    ['autumn', 'fall'],
    ['towards', 'toward'],
    ['firefighters', 'firemen'],
    ['off-road vehicles', 'SUVs'],
  ],
  additions: [
    'The ministry added later that work was on schedule and that fresh information would be published every morning at ten.',
    'A day earlier a news agency of the neighbouring country had reported much the same, citing an unnamed source; officials declined to comment at the time.',
    'Analysts note that this is the third statement on the subject since the beginning of the year, and milder in tone than that of February.',
  ],
  bulletin: (day, [violations, drones, wounded]) => ({
    title: `Azerbaijani Defence Ministry: Ceasefire Violated ${violations} Times in 24 Hours`,
    lead: `Armenian units fired ${violations} times at positions along the border on April ${day}, the Azerbaijani defence ministry said in its daily bulletin.`,
    paragraphs: [
      `Heavy machine guns and sniper rifles were used from the direction of Berd, Ijevan and Vardenis. Air defences spotted drones (${drones} in all) and made them turn back.`,
      `The number of servicemen with light wounds is ${wounded}; nobody was killed. The units took measures in response, the situation is under control and duty along the front goes on as planned.`,
    ],
  }),
};
