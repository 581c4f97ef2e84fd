/** What is wrong with a document that a person wrote: the key first. Not for messages, whose values may be hostile. */
import type { z } from 'zod';

/** @param document what was checked */
export function describeIssue(error: z.ZodError, document: unknown): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'wrong form';
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return `unknown key ${[...(path === '' ? [] : [path]), issue.keys[0]].join('.')}`;
  if (path !== '' && at(document, issue.path) === undefined) return `${path} is missing`;
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

const at = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key],
    document,
  );
