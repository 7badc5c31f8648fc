import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { leadRow, triggerRow } from '#app/dashboard/fixtures/rows';
import { settle } from '#test/browser/town';
import { visitEachTime, WAIT } from '#test/browser/visit';

const visits = visitEachTime();

/** Texts of those elements that are cut, out of sight or covered by their parents' edges. */
async function cut(elements: Locator): Promise<readonly string[]> {
  return elements.evaluateAll((all) =>
    all
      .filter((element) => {
        const box = element.getBoundingClientRect();
        const view = element.ownerDocument.defaultView;
        const root = element.ownerDocument.documentElement;
        let [left, right, top, bottom] = [0, root.clientWidth, -Infinity, Infinity];
        for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
          if (parent === root || view?.getComputedStyle(parent).overflow === 'visible') continue;
          const edge = parent.getBoundingClientRect();
          [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
          [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
        }
        const within = box.left >= left - 1 && box.right <= right + 1 && box.top >= top - 1 && box.bottom <= bottom + 1;
        return box.width === 0 || !within || element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => element.textContent),
  );
}

describe.each([1400, 768, 390])('at %i pixels', (width) => {
  test("the last triggers show the step's name in whole, however long the program's is", async () => {
    const { memory, page, url } = visits.now();
    settle(memory, Date.now());
    const long = 'Comparison guide after three looks at the pricing page, and a call if nobody answers';
    memory.tables.triggers.unshift(
      triggerRow('long', 'a1', Date.now(), {
        program: long,
        step: 'webinar_invitation',
        suppressed_by: 'unsubscribed',
      }),
    );
    await page.setViewportSize({ width, height: 900 });
    await page.goto(url);
    const steps = page.getByRole('region', { name: 'Last triggers' }).locator('.what b');
    await expect.poll(() => steps.count(), WAIT).toBe(7);
    expect(await steps.first().textContent()).toBe('Webinar invitation');
    expect(await cut(steps)).toEqual([]);
  });

  test('no number of the leads table is cut, and the table is as wide as its card', async () => {
    const { memory, page, url } = visits.now();
    settle(memory, Date.now());
    const wide = { score: 12_345.6, activities: 98_765, stage: 'disqualified' };
    const address = 'a-very-long-name.of-somebody@a-very-long-name-of-a-company.example';
    memory.tables.leads.push(leadRow('wide', address, Date.now(), wide));
    await page.setViewportSize({ width, height: 900 });
    await page.goto(url);
    const table = page.locator('table.leads');
    await expect.poll(() => table.locator('tbody tr').count(), WAIT).toBe(14);
    const numbers = table.locator('td.number').filter({ visible: true });
    expect(await numbers.first().textContent()).toBe('12,345.6');
    expect(await cut(numbers)).toEqual([]);
    expect(await cut(table.locator('.stage'))).toEqual([]);
    const [inside, outside] = await page.locator('.scroll').evaluate((all) => [all.scrollWidth, all.clientWidth]);
    expect(inside).toBeLessThanOrEqual(outside);
  });
});
