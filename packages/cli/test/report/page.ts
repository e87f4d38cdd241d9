import { parseHTML } from 'linkedom';
import { expect } from 'vitest';

const MIB = 1024 * 1024;

/** What every page has to be, whatever the run was. */
export function checkPage(page: string): void {
  expect(page.length).toBeLessThan(5 * MIB);
  const { document } = parseHTML(page);
  for (const style of document.querySelectorAll('style')) style.remove();
  expect(document.body.textContent!).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
  expect(document.body.innerHTML).not.toMatch(/NaN|Infinity|="[^"]*undefined/);
  expect(page.replaceAll(/ xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:\/\//);
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|\ssrc=/);
  checkStructure(document);
}

/** Landmarks, headings, links, and what a person who does not see the figures is told. */
function checkStructure(document: Document): void {
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const link of document.querySelectorAll('a')) expect(ids).toContain(link.getAttribute('href')!.slice(1));
  for (const landmark of ['header', 'nav', 'main', 'footer']) {
    expect(document.querySelectorAll(`body > ${landmark}`), landmark).toHaveLength(1);
  }
  expect(document.body.firstElementChild!.getAttribute('href')).toBe('#main');
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName.slice(1)));
  expect(levels.filter((level) => level === 1)).toHaveLength(1);
  for (let i = 1; i < levels.length; i++) expect(levels[i]! - levels[i - 1]!).toBeLessThanOrEqual(1);
  for (const svg of document.querySelectorAll('svg')) {
    expect(svg.getAttribute('role')).toBe('img');
    expect(svg.getAttribute('aria-label')!.length).toBeGreaterThan(20);
    expect(svg.querySelector('g[aria-label]')).toBeNull();
  }
  for (const table of document.querySelectorAll('table')) {
    expect(table.querySelector('caption')).not.toBeNull();
    for (const head of table.querySelectorAll('thead th')) expect(head.textContent).not.toBe('');
    const region = table.parentElement!;
    expect([region.getAttribute('tabindex'), region.getAttribute('role')]).toEqual(['0', 'region']);
  }
  const linked = [...document.querySelectorAll('nav a')].map((link) => link.textContent);
  expect(linked).toEqual([...document.querySelectorAll('h2')].map((title) => title.textContent));
}

/** Titles of the sections. */
export function titles(page: string): string[] {
  return [...parseHTML(page).document.querySelectorAll('h2')].map((title) => title.textContent!);
}

/** Figures of the headline by their name: the value, then the lines below it. */
export function figuresOf(page: string, section = '#headline'): Map<string, string[]> {
  const items = [...parseHTML(page).document.querySelectorAll(`${section} dl.figures > div`)];
  return new Map(
    items.map((item) => [
      item.querySelector('dt')!.textContent!,
      [...item.querySelectorAll('dd')].map((line) => line.textContent!),
    ]),
  );
}
