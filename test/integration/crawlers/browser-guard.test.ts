import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResolveAll } from '../../../src/crawlers/http/network-guard.js';
import type { FetchResult } from '../../../src/domain/page.js';
import type { LogFields, Logger } from '../../../src/platform/logger.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import {
  crawl,
  decodedText,
  edition,
  MemoryCatalogue,
  plan,
  settings,
  type BenchOptions,
} from '../../unit/crawlers/crawl-setup.js';
import { html, redirect, startHostileSite, type Answer, type HostileSite } from '../../unit/crawlers/hostile-site.js';
import { canMakeNetworks } from '../../faults/host-networks.js';
import { openCountedNetwork } from '../counted-network.js';
import { findTestBrowser } from '../find-test-browser.js';

const ID = 'am.sputniknews.ru';
const NEIGHBOUR = 'sputniknews.cn';
const browserPath = await findTestBrowser();
const withBrowser = test.skipIf(browserPath === null);
const DEADLINE_MS = 6_000;
if (!canMakeNetworks())
  console.info(
    'SKIPPED: packets of the browser are not counted, since no network can be made here (needs root, iproute2)',
  );

/** Where a script may try to speak UDP. */
const stun = { port: 0 };
let site: HostileSite;
/** On loopback as the site is, but on a port that no setting names. */
let other: HostileSite;

/** Shows an article once everything that was asked for has been answered or refused, and says in it what became of each. */
function askingFor(tell: (origin: string) => string): Answer {
  return (_request, response) => {
    html(
      response,
      `<html><body><div id="root"></div><script>
        ${tell(other.origin)}.then((outcomes) => {
          document.getElementById('root').innerHTML =
            '<h1 class="article__title">asked</h1><div class="article__body">' + outcomes.join(' ') + '</div>';
        });
      </script></body></html>`,
    );
  };
}

/** Opens what it can, and shows an article a moment later. */
function openingPopUps(script: string): Answer {
  return (_request, response) => {
    html(
      response,
      `<html><body><div id="root"></div><script>
        try { ${script} } catch { /* refused */ }
        setTimeout(() => {
          document.getElementById('root').innerHTML =
            '<h1 class="article__title">t</h1><div class="article__body">shown</div>';
        }, 1200);
      </script></body></html>`,
    );
  };
}

const fetching = (urls: string): string =>
  `Promise.all(${urls}.map((url) => fetch(url, { mode: 'no-cors' }).then(() => 'reached', () => 'refused')))`;

beforeAll(async () => {
  other = await startHostileSite();
  site = await startHostileSite({
    tohost: redirect('https://evil.example/'),
    toport: (request, response, nth) => {
      redirect(`${other.origin}/20260720/x-1.html`)(request, response, nth);
    },
    tolocalhost: redirect('http://localhost:1/'),
    tometa: redirect('http://169.254.169.254/latest/meta-data/'),
    toipv6: redirect('http://[fe80::1]/'),
    tofile: redirect('file:///etc/passwd'),
    '/hop': (request, response, nth) => {
      redirect(`${other.origin}/hop`)(request, response, nth);
    },
    subs: askingFor((elsewhere) =>
      fetching(`['https://evil.example/x.js', '${elsewhere}/x.js', 'http://localhost:1/x', 'http://[::1]/x',
        'http://169.254.169.254/latest/', 'file:///etc/passwd', '/hop', '/own.js']`),
    ),
    neighbour: askingFor(() => fetching(`['https://${NEIGHBOUR}/x.js']`)),
    elements: askingFor(
      (elsewhere) => `Promise.all(['script', 'link', 'iframe'].map((tag) => new Promise((done) => {
        const made = document.createElement(tag);
        made.rel = 'stylesheet';
        made.onload = () => done(tag + ':' + (tag === 'iframe' && made.contentDocument !== null ? 'own' : 'loaded'));
        made.onerror = () => done(tag + ':refused');
        made[tag === 'link' ? 'href' : 'src'] = '${elsewhere}/' + tag;
        document.body.append(made);
      })))`,
    ),
    opens: openingPopUps(
      `window.open('/20260720/popup-1.html'); window.open('/20260720/popup-2.html', 'x', 'noopener')`,
    ),
    blanks: openingPopUps(`const w = window.open('about:blank'); if (w) w.location.href = '/20260720/popup-3.html'`),
    clicks: openingPopUps(
      `const a = document.createElement('a'); a.href = '/20260720/popup-4.html'; a.target = '_blank';
       document.body.append(a); a.click()`,
    ),
    submits: openingPopUps(
      `const f = document.createElement('form'); f.action = '/20260720/popup-5.html'; f.target = '_blank';
       document.body.append(f); f.submit()`,
    ),
    speaks: (request, response, nth) => {
      const servers = `[{ urls: 'stun:127.0.0.1:${stun.port}' }, { urls: 'turn:127.0.0.1:${stun.port}', username: 'u', credential: 'p' }]`;
      openingPopUps(
        `const c = new RTCPeerConnection({ iceServers: ${servers} }); c.createDataChannel('x');
         c.createOffer().then((offer) => c.setLocalDescription(offer))`,
      )(request, response, nth);
    },
    /** What Playwright does not route, or the browser does of its own accord: each would be a packet. */
    whispers: (_request, response) => {
      const away = 'https://10.78.0.1';
      const fenced = (script: string): string => `try { ${script} } catch { /* not there */ }`;
      const scripts = [
        `new WebTransport('${away}:9/').ready.catch(() => null)`,
        `navigator.sendBeacon('${away}/beacon', 'x')`,
        `fetchLater('${away}/later', { activateAfter: 0 })`,
        `fetch('${away}/kept', { mode: 'no-cors', keepalive: true }).catch(() => null)`,
        `new EventSource('${away}/events')`,
        `new WebSocket('wss://10.78.0.1/')`,
        `new Worker(URL.createObjectURL(new Blob(['new WebSocket("wss://10.78.0.1/"); new WebTransport("${away}:9/"); importScripts("${away}/i.js")'])))`,
        `new SharedWorker('data:,fetch("${away}/shared")')`,
        `new webkitSpeechRecognition().start()`,
        `new PaymentRequest([{ supportedMethods: '${away}/pay' }], { total: { label: 'x', amount: { currency: 'USD', value: '1' } } }).canMakePayment().catch(() => null)`,
        `navigator.credentials.get({ identity: { providers: [{ configURL: '${away}/f.json', clientId: 'x' }] } }).catch(() => null)`,
        `navigator.geolocation.getCurrentPosition(() => null)`,
        `new PresentationRequest(['${away}/']).getAvailability().catch(() => null)`,
        `navigator.joinAdInterestGroup({ owner: '${away}', name: 'x', biddingLogicURL: '${away}/b.js' }, 100).catch(() => null)`,
        `new RTCPeerConnection({ iceServers: [{ urls: 'stun:elsewhere.local:9' }] }).createDataChannel('x')`,
        `document.querySelector('a').click()`,
      ];
      html(
        response,
        `<html><head><meta http-equiv="x-dns-prefetch-control" content="on"><link rel="dns-prefetch" href="//evil.example"><link rel="preconnect" href="${away}">
          <link rel="prefetch" href="${away}/x"><link rel="manifest" href="${away}/m.json"><link rel="icon" href="${away}/i.ico">
          <script type="speculationrules">{"prerender":[{"source":"list","urls":["${away}/a"],"eagerness":"immediate"}],
            "prefetch":[{"source":"list","urls":["${away}/b"],"requires":["anonymous-client-ip-when-cross-origin"],"eagerness":"immediate"}]}</script>
          <style>@font-face { font-family: x; src: url(${away}/f.woff2) } body { font-family: x; background: url(${away}/b.png) }</style></head>
          <body><a href="#" ping="${away}/ping">x</a><video autoplay src="${away}/v.mp4"></video><input type="password"><div id="root"></div><script>${scripts.map(fenced).join('\n')}
          setTimeout(() => { document.getElementById('root').innerHTML = '<h1 class="article__title">t</h1><div class="article__body">shown</div>'; }, 1200);</script></body></html>`,
        {
          'content-type': 'text/html; charset=utf-8',
          'alt-svc': 'h3="10.78.0.1:443"; ma=3600',
          link: `<${away}/>; rel=preconnect, <${away}/p.js>; rel=preload; as=script`,
          'report-to': `{"group":"d","max_age":3600,"endpoints":[{"url":"${away}/r"}]}`,
          'content-security-policy-report-only': `default-src 'none'; report-uri ${away}/csp`,
        },
      );
    },
    moves: (_request, response) => {
      html(response, `<html><script>location.href = '${other.origin}/20260720/moved-1.html'</script></html>`);
    },
    refreshes: (_request, response) => {
      html(response, `<html><meta http-equiv="refresh" content="0;url=${other.origin}/20260720/moved-1.html"></html>`);
    },
  });
}, 180_000);

afterAll(async () => {
  await Promise.all([site.stop(), other.stop()]);
});

interface Read {
  readonly result: FetchResult;
  readonly events: readonly string[];
}

interface ReadOptions extends Pick<BenchOptions, 'configured' | 'resolveAll'> {
  readonly fetchFrom?: string | null;
  readonly executablePath?: string;
}

/** Reads one page in the browser, and by plain HTTP only where the browser brought nothing. */
async function read(word: string, changes: ReadOptions = {}): Promise<Read> {
  const { fetchFrom = site.origin, executablePath = browserPath, ...options } = changes;
  const editions = [edition(ID, fetchFrom)];
  const urls = [createUrlRules(editions).parse(`https://${ID}/20260720/${word}-20000000.html`)!];
  const catalogue = new MemoryCatalogue();
  const events: string[] = [];
  const note = (fields: LogFields): number => events.push(fields.event);
  const log: Logger = { debug: note, info: note, warn: note, error: note };
  await crawl(plan(editions, { urls }), catalogue, {
    log,
    settings: settings({
      politeness: { obeyRobots: false },
      browser: { mode: 'always', executablePath, deadlineMs: DEADLINE_MS },
    }),
    ...options,
  });
  return { result: catalogue.articles()[0]!, events };
}

describe('the network guard in the browser', () => {
  withBrowser.each(['tohost', 'toport', 'tolocalhost', 'tometa', 'toipv6', 'tofile'])(
    'follows no redirect of the page that leaves the configured hosts: %s',
    async (word) => {
      const { result, events } = await read(word);
      expect(events).toContain('browser.read');
      // Once by the browser, which was given nothing, and once without it.
      expect(site.heard.filter(({ path }) => path.startsWith(`/20260720/${word}-`))).toHaveLength(2);
      expect(result).toMatchObject({ kind: 'failure', reason: 'redirectForbidden' });
      expect(other.connections()).toBe(0);
    },
  );

  withBrowser('lets a script fetch nothing elsewhere, nor through a redirect of its own site', async () => {
    const { result } = await read('subs');
    expect(result).toMatchObject({ kind: 'response', via: 'browser' });
    expect(decodedText(result)).toContain(`>${'refused '.repeat(7)}reached<`);
    expect(other.connections()).toBe(0);
  });

  withBrowser('loads no script, style sheet or frame from elsewhere', async () => {
    const { result } = await read('elements');
    expect(result).toMatchObject({ kind: 'response', via: 'browser' });
    expect(decodedText(result)).toContain('>script:refused link:refused iframe:');
    expect(decodedText(result)).not.toContain('iframe:own');
    expect(other.connections()).toBe(0);
  });

  withBrowser.each(['moves', 'refreshes'])('does not go where the page sends it: %s', async (word) => {
    const { result, events } = await read(word);
    expect(events).toContain('browser.read');
    expect(result).toMatchObject({ kind: 'response', via: 'http' });
    expect(decodedText(result)).toContain('/20260720/moved-1.html');
    expect(other.connections()).toBe(0);
  });

  withBrowser.each(['opens', 'blanks', 'clicks', 'submits'])(
    'lets no page open another, and is none the worse for it: %s',
    async (word) => {
      const { result, events } = await read(word);
      expect(events).not.toContain('browser.failed');
      expect(result).toMatchObject({ kind: 'response', via: 'browser' });
      expect(decodedText(result)).toContain('>shown<');
      expect(site.heard.filter(({ path }) => path.includes('/popup-'))).toEqual([]);
    },
  );

  withBrowser('lets a script send no datagram, to no server of its choice', async () => {
    const heard: Buffer[] = [];
    const udp = createSocket('udp4', (packet) => heard.push(packet));
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    stun.port = udp.address().port;
    const { result } = await read('speaks');
    await new Promise((resolve) =>
      udp.close(() => {
        resolve(null);
      }),
    );
    expect(result).toMatchObject({ kind: 'response', via: 'browser' });
    expect(heard).toEqual([]);
  });

  const inNetwork = test.skipIf(browserPath === null || !canMakeNetworks());
  inNetwork(
    'leaves a network of its own without a packet, of TCP or UDP, whatever a page tries',
    async () => {
      const network = openCountedNetwork(browserPath ?? '');
      try {
        network.run(`require('net').connect(9, '127.0.0.1').on('error', () => undefined);
        require('dgram').createSocket('udp4').send('x', 9, '127.0.0.1', () => process.exit())`);
        // The counters count: what a program in there sends is seen.
        const before = network.sent();
        stun.port = 9;
        expect(Math.min(before.tcp, before.udp)).toBeGreaterThan(0);
        for (const word of ['whispers', 'speaks', 'subs', 'elements', 'opens', 'moves']) {
          const { events } = await read(word, { executablePath: network.executable });
          expect([word, events.includes('browser.read')]).toEqual([word, true]);
          expect([word, network.sent()]).toEqual([word, before]);
        }
      } finally {
        network.remove();
      }
    },
    120_000,
  );

  withBrowser.each(['127.0.0.1', '169.254.169.254', '::1'])(
    'contacts nobody where DNS leads the page to %s',
    async (address) => {
      const { resolveAll, asked } = leadingTo(address);
      const { result, events } = await read('subs', { fetchFrom: null, resolveAll });
      expect(events).toContain('browser.read');
      // Once for the browser, once without it.
      expect(asked).toEqual([ID, ID]);
      expect(result).toMatchObject({ kind: 'failure', reason: 'addressForbidden' });
    },
  );

  withBrowser(
    'contacts nobody where DNS leads a script to a private address, though its name is configured',
    async () => {
      const { resolveAll, asked } = leadingTo('10.1.2.3');
      const { result } = await read('neighbour', { configured: [edition(NEIGHBOUR, null)], resolveAll });
      expect(result).toMatchObject({ kind: 'response', via: 'browser' });
      expect(decodedText(result)).toContain('>refused<');
      expect(asked).toEqual([NEIGHBOUR]);
    },
  );
});

function leadingTo(address: string): { readonly resolveAll: ResolveAll; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const resolveAll: ResolveAll = (host, _options, callback) => {
    asked.push(host);
    callback(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
  };
  return { resolveAll, asked };
}
