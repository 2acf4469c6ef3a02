// The official Go parser (npm @cdktf/hcl2json, as WebAssembly): one JSON request a line in, one answer a line out.
// usage: node go_parser.mjs FOLDER_WITH_NODE_MODULES < requests > answers
// request: {text, raws: [expression text]}; answer: {ok, error, body} and, for each text not asked before, asts: {raw: tree}
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';

const require = createRequire(path.resolve(process.argv[2], 'package.json'));
const { getExpressionAst, parse } = require('@cdktf/hcl2json');

const kept = ['type', 'value', 'name', 'operator', 'expandedFinalArgument', 'keyVar', 'valVar', 'groupedValue', 'anonSymbolExpression', 'keyExpression', 'openRangeValue'];
const small = (node) => node && {
  t: node.type,
  at: [node.range.start.line, node.range.start.byte, node.range.end.byte],
  m: Object.fromEntries(kept.filter((k) => node.meta && k in node.meta).map((k) => [k, node.meta[k]])),
  steps: node.meta?.traversal?.map((s) => [s.type[0], s.segment]),
  named: node.meta?.nameRange?.start.byte,
  c: (node.children || []).map(small),
};

const seen = new Set();
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { text, raws } = JSON.parse(line);
  const answer = { ok: true, asts: {} };
  try { answer.body = await parse('x.tf', text); } catch (error) { answer.ok = false; answer.error = String(error.message).slice(0, 300); }
  for (const raw of raws) {
    if (seen.has(raw)) continue;
    seen.add(raw);
    try { answer.asts[raw] = small(await getExpressionAst('x.tf', raw)); } catch (error) { answer.asts[raw] = String(error.message).slice(0, 300); }
  }
  if (!process.stdout.write(JSON.stringify(answer) + '\n')) await new Promise((resolve) => process.stdout.once('drain', resolve));
}
process.exit(0);
