/** The types of the whole program, made only when a mark needs them: that takes some seconds. */
import { join } from 'node:path';
import ts from 'typescript';

/** @returns `(file) => { checker, source }` */
export function lazyProgram(root) {
  let program;
  return (file) => {
    program ??= create(root);
    const source = program.getSourceFile(join(root, file));
    if (source === undefined) throw new Error(`${file} is not part of tsconfig.json`);
    return { checker: program.getTypeChecker(), source };
  };
}

function create(root) {
  const path = join(root, 'tsconfig.json');
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts.createProgram(fileNames, options);
}
