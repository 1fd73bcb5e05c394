// Chromium over its debugging pipe: no port, no package, one child that ends
// with us.
import {spawn} from 'node:child_process';

export async function openBrowser(executable, profile) {
  const child = spawn(executable, [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--no-first-run', '--disable-dev-shm-usage', '--hide-scrollbars', `--user-data-dir=${profile}`,
    '--remote-debugging-pipe', 'about:blank',
  ], {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
  const waiting = new Map();
  const listeners = [];
  let id = 0, rest = '';
  child.stdio[4].on('data', data => {
    const parts = (rest + data).split('\0');
    rest = parts.pop();
    for (const message of parts.map(part => JSON.parse(part))) {
      const done = waiting.get(message.id);
      if (done) { waiting.delete(message.id); done(message); } else listeners.forEach(listen => listen(message));
    }
  });
  const call = (method, params, sessionId) => new Promise((resolve, reject) => {
    waiting.set(++id, answer => answer.error ? reject(new Error(method + ': ' + answer.error.message)) : resolve(answer.result));
    child.stdio[3].write(JSON.stringify({id, method, params, sessionId}) + '\0');
  });
  const ended = new Promise(resolve => child.on('exit', resolve));
  const close = async () => { await call('Browser.close').catch(() => {}); await ended; };
  return {call, listen: listener => listeners.push(listener), close};
}

// A page with everything that it complained about or tried to load.
export async function openPage(browser, url) {
  const {targetId} = await browser.call('Target.createTarget', {url: 'about:blank'});
  const {sessionId} = await browser.call('Target.attachToTarget', {targetId, flatten: true});
  const send = (method, params = {}) => browser.call(method, params, sessionId);
  const complaints = [];
  let loaded = () => {};
  browser.listen(({method, params, sessionId: session}) => {
    if (session !== sessionId) return;
    if (method === 'Runtime.exceptionThrown')
      complaints.push('console: ' + (params.exceptionDetails.exception?.description ?? params.exceptionDetails.text).split('\n')[0].replace(/^(?!Uncaught)/, 'Uncaught '));
    if (method === 'Runtime.consoleAPICalled' && params.type === 'error') complaints.push('console: ' + JSON.stringify(params.args));
    if (method === 'Log.entryAdded' && params.entry.level !== 'verbose') complaints.push('console: ' + params.entry.text);
    if (method === 'Network.requestWillBeSent' && params.request.url !== url && !params.request.url.startsWith('data:'))
      complaints.push('a request left the page: ' + params.request.url);
    if (method === 'Page.loadEventFired') loaded();
  });
  for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'Accessibility']) await send(domain + '.enable');
  const load = new Promise(resolve => { loaded = resolve; });
  await send('Page.navigate', {url});
  await load;
  const run = async expression => {
    const {result, exceptionDetails} = await send('Runtime.evaluate', {expression, returnByValue: true});
    if (exceptionDetails) throw new Error(expression + ': ' + exceptionDetails.exception?.description);
    return result.value;
  };
  const press = async (key, text) => {
    await send('Input.dispatchKeyEvent', {type: text ? 'keyDown' : 'rawKeyDown', key, code: key, text,
      windowsVirtualKeyCode: {Tab: 9, Enter: 13, End: 35, Home: 36, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40}[key]});
    await send('Input.dispatchKeyEvent', {type: 'keyUp', key, code: key});
  };
  const resize = (width, height) => send('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: 1, mobile: false});
  const close = () => browser.call('Target.closeTarget', {targetId});
  return {send, run, press, resize, complaints, close};
}
