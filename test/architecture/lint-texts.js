// Lints texts with the project's own eslint.config.js as if each were the named file. Runs as a process of its own:
// reads [{ path, text }] on stdin, prints the messages. Not part of jest, whose module sandbox ESLint does not like.
import { ESLint } from 'eslint';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('../..', import.meta.url));
// Where CI is set, typescript-eslint assumes that files on disk never change, and would lint those, not the texts.
const asGiven = { languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } } };
const eslint = new ESLint({ cwd, overrideConfig: asGiven });
const answers = [];
for (const planted of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(planted.text, { filePath: `${cwd}${planted.path}` });
  answers.push(result.messages.map(({ ruleId, message }) => ({ ruleId, message })));
}
process.stdout.write(JSON.stringify(answers));
