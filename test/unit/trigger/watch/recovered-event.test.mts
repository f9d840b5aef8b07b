import { describe, expect, it } from 'vitest';

import type { XmlElement } from '../../../../nodes/CxoneExpert/api/xml.ts';
import {
	creation,
	deletion,
	edit,
} from '../../../../nodes/CxoneExpert/trigger/watch/recovered-event.ts';

const at = '2026-11-26T10:00:00Z';
const page = (content: XmlElement): XmlElement => ({ '@id': '7', ...content });

describe('the event of a recovered change', () => {
	it('a page whose first revision names its time only is created at that time', () => {
		const [change] = creation(page({ 'date.edited': at }));
		expect(change).toMatchObject({ name: { kind: 'c', subject: '7', at: Date.parse(at) } });
	});

	it('a revision without a number is no edit', () => {
		expect(edit(page({ 'date.edited': at }))).toEqual([]);
	});

	it.each<[string, XmlElement]>([
		['page', { 'date.deleted': at }],
		['time', { '@id': '7' }],
	])('a deletion of which the site names no %s is left out', (_what, archived) => {
		expect(deletion(archived)).toEqual([]);
	});

	it.each<[string, XmlElement, object]>([
		['user.deleted', { '@id': '3', username: 'editor' }, { '@id': '3', username: 'editor' }],
		['user.author', { nick: 'jane' }, { username: 'jane' }],
		['user.author', { '@id': '4' }, { '@id': '4' }],
	])('the user of the event is that of %s: %o', (element, user, expected) => {
		const [change] = deletion(page({ 'date.deleted': at, [element]: user }));
		expect(change?.event.xml.user).toEqual(expected);
	});
});
