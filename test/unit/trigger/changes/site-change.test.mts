import { describe, expect, it } from 'vitest';

import type { XmlElement } from '../../../../nodes/CxoneExpert/api/xml.ts';
import { creation, deletion, edit } from '../../../../nodes/CxoneExpert/trigger/changes/site-change.ts';

const DATE = '2026-01-30T16:59:45Z';
const AT = Date.parse(DATE);

const page = (content: XmlElement): XmlElement => ({ '@id': '7', ...content });

describe('the event of a recovered change', () => {
	it('a page whose first revision names its time only is created at that time', () => {
		const [change] = creation(page({ 'date.edited': DATE }));
		expect(change).toMatchObject({ kind: 'created', page: '7', at: AT });
	});

	it('a revision without a number is no edit', () => {
		expect(edit(page({ 'date.edited': DATE }))).toEqual([]);
	});

	it.each<[string, XmlElement]>([
		['page', { 'date.deleted': DATE }],
		['time', { '@id': '7' }],
	])('a deletion of which the site names no %s is left out', (_what, archived) => {
		expect(deletion(archived)).toEqual([]);
	});

	it.each<[string, XmlElement, object]>([
		['user.deleted', { '@id': '3', username: 'editor' }, { '@id': '3', username: 'editor' }],
		['user.author', { nick: 'jane' }, { username: 'jane' }],
		['user.author', { '@id': '4' }, { '@id': '4' }],
	])('the user of the event is that of %s: %o', (element, user, expected) => {
		const [change] = deletion(page({ 'date.deleted': DATE, [element]: user }));
		expect(change?.event.xml.user).toEqual(expected);
	});
});
