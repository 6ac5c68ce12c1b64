import type { ModeAction } from './mode-table.js';

/** An empty shell that runs a script: nothing can be read without a browser, and with one the script does its worst. */
function shell(script: string): ModeAction {
  return ({ response, answer, sendUsual }) => {
    if (answer.status !== 200) {
      sendUsual();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(
      `<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>…</title></head><body><div id="app"></div><script>\n${script}\n</script></body></html>\n`,
    );
  };
}

/** The same again and again, as fast as a page can. */
const flood = (times: number, script: string): ModeAction =>
  shell(`let n = 0; setInterval(() => { for (let i = 0; i < ${times}; i += 1) { n += 1; ${script} } }, 0);`);

/** What scripts can do to a browser and to whoever drives it. */
export const scripts = {
  endlessLoop: shell('for (;;);'),
  fillBuffers: shell('const kept = []; for (;;) kept.push(new Uint8Array(50_000_000).fill(1));'),
  fillHeap: shell('const kept = []; for (;;) kept.push({ text: String(Math.random()).repeat(10) });'),
  fillElements: shell(
    'for (;;) document.body.append(Object.assign(document.createElement("p"), { textContent: Math.random() }));',
  ),
  fillBlobs: flood(1, 'window["kept" + n] = new Blob([new Uint8Array(10_000_000).fill(n)]);'),
  fillStorage: flood(
    1,
    `caches.open("c").then((cache) => cache.put("/" + n, new Response(new Uint8Array(5_000_000).fill(n)))).catch(() => 0);`,
  ),
  openWindows: flood(20, 'window.open("/" + n); window.open("about:blank");'),
  dialogs: shell(
    'onbeforeunload = () => "stay"; setInterval(() => { alert("a"); confirm("b"); prompt("c"); print(); }, 0);',
  ),
  downloads: flood(
    20,
    `const a = document.createElement("a"); a.download = "x" + n; a.href = URL.createObjectURL(new Blob([new Uint8Array(1_000_000)])); a.click();`,
  ),
  speakUdp: flood(
    2,
    `const c = new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:9" }] }); c.createDataChannel("x"); c.createOffer().then((o) => c.setLocalDescription(o));
     try { new WebTransport("https://127.0.0.1:9/"); } catch { /* none */ }`,
  ),
  openSockets: flood(200, 'try { new WebSocket("wss://" + location.host + "/" + n); } catch { /* too many */ }'),
  openFrames: flood(100, 'document.body.append(document.createElement("iframe"));'),
  openWorkers: flood(50, 'new Worker("data:,setInterval(() => console.log(1), 0)");'),
  askEndlessly: flood(200, 'fetch("/" + n).catch(() => 0);'),
  fetchData: flood(500, 'fetch("data:," + n).catch(() => 0);'),
  goInCircles: flood(200, 'location.hash = n; history.pushState(0, "", "?" + n);'),
  reloadForEver: shell('location.reload();'),
  writeForEver: shell('for (;;) document.write("<p>" + Math.random());'),
  talkALot: flood(2_000, 'console.log("x".repeat(1_000) + n);'),
  talkLoudly: flood(1, 'console.log("\\u0001".repeat(5_000_000) + n);'),
  throwForEver: flood(1_000, 'Promise.reject(new Error("x".repeat(1_000) + n));'),
  hugeDocument: shell('document.body.textContent = "&<>".repeat(10_000_000);'),
} as const satisfies Readonly<Record<string, ModeAction>>;
