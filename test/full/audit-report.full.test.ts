/** The audit report in a real browser: readable, accessible, whole on paper, and silent on the network. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { renderReport } from '../../src/audit/report/index.js';
import { verdict } from '../audit/report/verdict.js';
import { startBrowser } from '../helpers/browser.js';

// What runs in the page is text: the types of a browser are not those of this program.
const WIDTH = 'document.documentElement.scrollWidth';
const COUNT_COLOURS = `async (png) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + png;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const found = {};
  for (let at = 0; at < data.length; at += 4) {
    const digits = [0, 1, 2].map((part) => data[at + part].toString(16).padStart(2, '0'));
    const colour = '#' + digits.join('');
    found[colour] = (found[colour] ?? 0) + 1;
  }
  return found;
}`;

const folder = mkdtempSync(join(tmpdir(), 'blindsum-report-'));
const file = join(folder, 'report.html');
let browser: Browser;

beforeAll(async () => {
  const options = {
    madeMs: Date.UTC(2026, 10, 28),
    version: '0.1.0',
    source: 'transcripts/',
    manifest: 'aa'.repeat(32),
    copy: 'auditor' as const,
    command: 'npx blindsum audit verify transcripts --trust trust.yaml',
  };
  writeFileSync(file, renderReport(verdict, options));
  browser = await startBrowser();
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

async function openReport(width: number): Promise<{ page: Page; requests: string[] }> {
  // Policies of the page bind what it loads by itself, not the tool that looks at it.
  const page = await browser.newPage({ viewport: { width, height: 1000 }, bypassCSP: true });
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, requests };
}

test('it asks for nothing but itself', async () => {
  const { page, requests } = await openReport(1100);
  await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
  expect(requests).toEqual([pathToFileURL(file).href]);
});

test('an accessibility checker finds nothing', async () => {
  const { page } = await openReport(1100);
  await page.addScriptTag({
    content: readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8'),
  });
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
});

test.each([1100, 390])('nothing sticks out of a window of %d pixels', async (width) => {
  const { page } = await openReport(width);
  expect(await page.evaluate(WIDTH)).toBeLessThanOrEqual(width);
});

test('on a phone a chart keeps its size, and scrolls in its frame', async () => {
  const { page } = await openReport(390);
  const box = await page.locator('svg').first().boundingBox();
  expect(box?.width).toBeGreaterThanOrEqual(576);
});

/** Pixels of a picture of the element, by colour '#rrggbb'. */
async function colours(page: Page, element: Locator): Promise<Map<string, number>> {
  const picture = (await element.screenshot()).toString('base64');
  const counts = await page.evaluate<Record<string, number>>(`(${COUNT_COLOURS})('${picture}')`);
  return new Map(Object.entries(counts));
}

test('on the screen the bars have the lengths of their numbers', async () => {
  const { page } = await openReport(1100);
  const found = await colours(page, page.locator('svg').first());
  const survivors = verdict.sessions.reduce((sum, { counts }) => sum + (counts.survivors ?? 0), 0);
  const dropped = verdict.sessions.reduce(
    (sum, { counts }) => sum + counts.roster - (counts.survivors ?? 0),
    0,
  );
  const [main = 0, pale = 0] = ['#1f5a8c', '#aab6c4'].map((colour) => found.get(colour));
  expect(dropped).toBeGreaterThan(0);
  // The marks cover a little of the bars, edges are blended.
  expect(main / pale).toBeGreaterThan((survivors / dropped) * 0.9);
  expect(main / pale).toBeLessThan((survivors / dropped) * 1.1);
});

test('on the screen the conclusion of a failed audit is red, with its words in it', async () => {
  const { page } = await openReport(1100);
  const found = await colours(page, page.locator('.verdict'));
  expect(found.get('#fdf0f0') ?? 0).toBeGreaterThan(10_000);
  expect(found.get('#a4161a') ?? 0).toBeGreaterThan(100);
});

test('on paper it has pages, and no table is cut off', async () => {
  const { page } = await openReport(1100);
  const pdf = await page.pdf({ format: 'A4', printBackground: false });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  expect(pages).toBeGreaterThan(3);
  await page.emulateMedia({ media: 'print' });
  // A4 without margins at 96 pixels an inch.
  await page.setViewportSize({ width: 794, height: 1123 });
  expect(await page.evaluate(WIDTH)).toBeLessThanOrEqual(794);
});
