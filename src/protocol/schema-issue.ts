/** What is wrong with a document that a person wrote: the key first. Not for messages, whose values may be hostile. */
import type { z } from 'zod';

export function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'wrong form';
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return `unknown key ${[...(path === '' ? [] : [path]), issue.keys[0]].join('.')}`;
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
