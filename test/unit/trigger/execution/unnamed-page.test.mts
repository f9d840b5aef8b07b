import { expect, it } from 'vitest';

import type { ChangeKind } from '../../../../nodes/CxoneExpert/event/change.ts';
import { idOfUnnamedPage } from '../../../../nodes/CxoneExpert/trigger/execution/unnamed-page.ts';
import { siteByPath } from '../../../support/unit/site-by-path.mts';

const at = Date.parse('2026-03-01T10:00:00Z');

/** A date of the site, this many seconds after the event. */
const after = (seconds: number) => new Date(at + seconds * 1000).toISOString().replace('.000', '');

const found = async (kind: ChangeKind, site: Parameters<typeof siteByPath>[0]) =>
	await idOfUnnamedPage(siteByPath(site).api, { kind, at }, at - 2000);

const HOME = '/pages/home/find';
const list = (...pages: string[]) => ({ [HOME]: `<pages>${pages.join('')}</pages>` });
const created = (id: number, seconds: number) =>
	`<page id="${id}"><date.created>${after(seconds)}</date.created></page>`;

it.each([
	['was created two seconds after', list(created(1, 2), created(2, 60)), '1'],
	['was created three seconds after', list(created(1, 3), created(2, 60)), undefined],
	['was created beside one without a date', list(created(1, 0), '<page id="2"/>'), '1'],
	['may be one that the site has not given', { [HOME]: `<pages totalcount="2">${created(1, 0)}</pages>` }, undefined],
	[
		'may be one beyond the thousand that a site gives',
		list(created(1, 0), ...Array.from({ length: 999 }, (_, id) => created(id + 2, 60))),
		undefined,
	],
])('idOfUnnamedPage looks for a page that %s', async (_which, site, id) => {
	expect(await found('created', site)).toBe(id);
});

const changed = (id: number, seconds = 0) => `<page id="${id}"><date.modified>${after(seconds)}</date.modified></page>`;
const edited = (id: number, seconds: number) => ({
	[`/pages/${id}`]: `<page id="${id}"><date.edited>${after(seconds)}</date.edited></page>`,
});
const both = { ...list(changed(1), changed(2)), ...edited(1, 0) };

it.each([
	['counts one that does not say when', { ...both, '/pages/2': '<page id="2"/>' }, undefined],
	['leaves out one that has no ID', { ...list(changed(1), '<page/>'), ...edited(1, 0) }, '1'],
	['leaves out one that was only tagged', { ...both, ...edited(2, -99) }, '1'],
])('idOfUnnamedPage, edited, %s', async (_what, site, id) => {
	expect(await found('edited', site)).toBe(id);
});

const deleted = (id: number, seconds: number) =>
	`<page.archive id="${id}"><date.deleted>${after(seconds)}</date.deleted></page.archive>`;
const archive = (attributes: string, ...pages: string[]) => ({
	'/archive/pages': `<pages.archive ${attributes}>${pages.join('')}</pages.archive>`,
});
const whole = 'querycount="2"';
const part = 'querycount="900"';

it.each([
	['that is shown whole', archive(whole, deleted(2, -60), deleted(1, 0)), '1'],
	['that is newest first, at its beginning', archive(part, deleted(1, 1), deleted(2, -60)), '1'],
	['that may have more of that time', archive(part, deleted(2, 60), deleted(1, 0)), undefined],
	['that has no order', archive(part, deleted(2, -60), deleted(1, 0), deleted(3, -90)), undefined],
	['that does not say how much it has', archive('', deleted(1, 0)), undefined],
	['that shows nothing of what it has', archive(part), undefined],
	['that does not say when', archive(part, '<page.archive id="1"/>'), undefined],
])('idOfUnnamedPage looks for a deleted page in an archive %s', async (_which, site, id) => {
	expect(await found('deleted', site)).toBe(id);
});
