// A collector on loopback that takes one request, checks it, and ends.
//   node traces.mjs CLAMBAKE EXAMPLES
import {spawn} from 'node:child_process';
import {createServer} from 'node:http';

const [clambake, examples] = process.argv.slice(2);
const problems = [];
const expect = (holds, what) => { if (!holds) problems.push(what); };
let requests = 0, spans = [];

const server = createServer((request, response) => {
  let body = '';
  request.on('data', data => { body += data; });
  request.on('end', () => {
    ++requests;
    expect(request.method === 'POST' && request.url === '/v1/traces', `${request.method} ${request.url}`);
    expect(request.headers['content-type'] === 'application/json', 'content type ' + request.headers['content-type']);
    expect(request.headers.authorization === 'Bearer planted', 'no authorization header');
    const [resource] = JSON.parse(body).resourceSpans;
    expect(resource.resource.attributes.some(a => a.key === 'service.name' && a.value.stringValue === 'farm'), 'no service name');
    spans = resource.scopeSpans[0].spans;
    response.writeHead(requests === 1 ? 200 : 503).end('{}');
  });
});

function run(args, env) {
  return new Promise(resolve => {
    const child = spawn(clambake, args, {cwd: examples, env: {...env, PATH: process.env.PATH}, stdio: ['ignore', 'ignore', 'pipe']});
    let errors = '';
    child.stderr.on('data', data => { errors += data; });
    child.on('close', code => resolve({code, errors}));
  });
}

server.listen(0, '127.0.0.1', async () => {
  const env = {OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.address().port}`, OTEL_SERVICE_NAME: 'farm',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20planted', CLAMBAKE_NEW_PLANNER: 'true'};
  const good = await run(['plan', '--from', 'backlog.json'], env);
  expect(good.code === 0 && good.errors === '', `exit ${good.code}: ${good.errors}`);
  const [plan, command] = spans;
  expect(spans.length === 2 && plan.name === 'plan' && command.name === 'clambake plan', spans.map(s => s.name).join());
  expect(plan.parentSpanId === command.spanId && plan.traceId === command.traceId && !command.parentSpanId, 'not one trace');
  expect(BigInt(plan.startTimeUnixNano) <= BigInt(plan.endTimeUnixNano), 'a span ends before it starts');
  const bad = await run(['plan', '--from', 'backlog.json'], env);  // the collector answers 503 now
  expect(bad.code === 0 && /traces were not sent: the server answered 503/.test(bad.errors), `exit ${bad.code}: ${bad.errors}`);
  expect(!bad.errors.includes('planted'), 'the header was printed');
  expect(requests === 2, `${requests} requests`);
  server.close();
  problems.forEach(problem => console.log(problem));
  console.log(problems.length ? `${problems.length} problems` : 'no problem');
  process.exit(problems.length ? 1 : 0);
});
