// HTTP/2 over TLS, told from the server's side: node's http2 module stands in
// front of the simulated GitHub and counts connections and streams.
//   node http2.mjs CLAMBAKE SIMULATED_GITHUB
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

const [clambake, simulated] = process.argv.slice(2);
const token = 'ghp_simulated0000000000000000000000000';
const scratch = mkdtempSync(join(tmpdir(), 'clambake-http2-'));
const problems = [];
const expect = (holds, what) => { if (!holds) problems.push(what); };

// A certificate that only those trust who are told to.
function makeCertificate(name) {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
    '-keyout', join(scratch, `${name}.key`), '-out', join(scratch, `${name}.pem`)], {stdio: 'ignore'});
  return join(scratch, `${name}.pem`);
}
const trusted = makeCertificate('server');
const other = makeCertificate('other');

let upstream, seen;
const forget = () => { seen = {sessions: 0, requests: 0, versions: new Set(), under_way: 0, most: 0}; };

function forward(request, response) {
  ++seen.requests;
  seen.versions.add(request.httpVersion);
  seen.most = Math.max(seen.most, ++seen.under_way);
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith(':') && name !== 'host'));
  const onward = http.request(upstream + request.url, {method: request.method, headers}, answer => {
    const kept = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !['connection', 'keep-alive', 'transfer-encoding'].includes(name)));
    response.writeHead(answer.statusCode, kept);
    answer.pipe(response);
    response.on('close', () => { --seen.under_way; });
  });
  request.pipe(onward);
}

function run(args, env) {
  return new Promise(resolve => {
    const child = spawn(clambake, args, {stdio: ['ignore', 'pipe', 'pipe'], env: {PATH: process.env.PATH, GH_TOKEN: token, ...env}});
    let said = '';
    child.stdout.on('data', data => { said += data; });
    child.stderr.on('data', data => { said += data; });
    child.on('close', code => {
      expect(!said.includes(token), 'the token was printed');
      resolve({code, said});
    });
  });
}

const server = http2.createSecureServer({key: readFileSync(join(scratch, 'server.key')), cert: readFileSync(trusted)}, forward);
server.on('session', () => { ++seen.sessions; });
server.on('sessionError', () => {});
forget();

server.listen(0, 'localhost', async () => {
  const url = `https://localhost:${server.address().port}`;
  const github = spawn(simulated, ['large', '0', '20', url], {stdio: ['pipe', 'pipe', 'inherit']});
  upstream = (await createInterface({input: github.stdout})[Symbol.asyncIterator]().next()).value;
  const fetch = (api, env) => run(['fetch', '--repo', 'octo/hello', '--api-url', api, '-o', join(scratch, 'backlog.json')], env);

  for (const variable of ['CURL_CA_BUNDLE', 'SSL_CERT_FILE']) {
    forget();
    const {code, said} = await fetch(url, {[variable]: trusted});
    expect(code === 0, `${variable}: exit ${code}: ${said}`);
    expect(JSON.parse(readFileSync(join(scratch, 'backlog.json'))).issues.length === 1000, 'not all issues');
    expect(seen.sessions === 1, `${seen.sessions} connections`);
    expect(seen.requests > 10 && seen.most >= 3, `${seen.requests} requests, at most ${seen.most} at a time`);
    expect([...seen.versions].join() === '2.0', `HTTP ${[...seen.versions].join()}`);
    console.log(`${seen.requests} requests over ${seen.sessions} connection, at most ${seen.most} at a time, HTTP ${[...seen.versions].join()}`);
  }

  // What cannot be trusted gets no request, and is not asked again and again.
  const wrong = {'nobody vouches for it': [url, {}], 'another one vouches': [url, {CURL_CA_BUNDLE: other}],
    'another name': [url.replace('localhost', '127.0.0.1'), {CURL_CA_BUNDLE: trusted}],
    'no such file': [url, {CURL_CA_BUNDLE: join(scratch, 'none.pem')}]};
  for (const [what, [api, env]] of Object.entries(wrong)) {
    forget();
    const start = Date.now();
    const {code, said} = await fetch(api, env);
    expect(code === 5, `${what}: exit ${code}`);
    expect(/certificate is not to be trusted: ./.test(said) && said.includes(api), `${what}: ${said}`);
    expect(said.trim().split('\n').length === 1, `${what}: ${said}`);
    expect(seen.requests === 0, `${what}: ${seen.requests} requests came through`);
    console.log(`${what}: ${said.trim()} (${Date.now() - start} ms)`);
  }

  github.stdin.end();
  server.close();
  rmSync(scratch, {recursive: true});
  problems.forEach(problem => console.log('FAILED: ' + problem));
  process.exit(problems.length ? 1 : 0);
});
