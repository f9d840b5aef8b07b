import { apiTime } from '../../../../nodes/CxoneExpert/api/elements.ts';
import {
	doubleEncode,
	pageKey,
	targetPath,
} from '../../../../nodes/CxoneExpert/api/path-segment.ts';
import {
	attribute,
	child,
	children,
	textOf,
	writeXml,
} from '../../../../nodes/CxoneExpert/api/xml.ts';
import type { OwnNames } from '../listener.mts';
import { accented, idAt, type OwnPaths } from '../own.mts';
import { hasAttribute, isSuccess } from '../seen.mts';
import { lookForOwnEvents } from './feeds.mts';
import { timeOfSite } from './read.mts';
import { change, look, Stopped, type Steps } from './step.mts';
import { setActive, type OwnWebhook } from './webhook.mts';

/** One element that a site leaves, and one that it may write in another way. */
const PLAIN = '<p>One <strong>bold</strong> and one <b>old</b> word.</p>';
/** Of a published draft: publishing the same text again may be no change. */
const DRAFT = '<p>One <strong>bold</strong> word.</p>';
const XML = '<content><body><p>One <em>slanted</em> word.</p></body></content>';

/** A redirect may be made only after the response to the move. */
const REDIRECT_ATTEMPTS = 5;
const REDIRECT_PAUSE_MS = 1000;

/** A page, its two children, and the child of one of them. */
const TREE = ['child', 'leaf', 'twin', 'tip'] as const;

/** The page of the probe below `--below`, and what is done with it. */
export class OwnPages {
	private readonly steps: Steps;
	private readonly paths: OwnPaths;
	private readonly below: string;
	private readonly names: OwnNames;
	private readonly since: string;
	private id = '';
	/** Pages deleted together. */
	private readonly treeIds: Partial<Record<(typeof TREE)[number], string>> = {};
	private hasSecondTag = false;

	constructor(steps: Steps, paths: OwnPaths, below: string, names: OwnNames) {
		this.steps = steps;
		this.paths = paths;
		this.below = below;
		this.names = names;
		this.since = apiTime(timeOfSite(steps));
	}

	/** @throws Stopped when the site's behaviour is no longer certain */
	async run(webhook: OwnWebhook | undefined): Promise<void> {
		const hasDrafts = await this.draft();
		if (hasDrafts) await this.publish();
		else this.id = await this.create('page-create', this.paths.page);
		await this.edit();
		if (hasDrafts) await this.draftOfPage();
		await this.tag();
		await this.property();
		await this.attach();
		await this.tree();
		if (webhook !== undefined) await this.failedDeliveries(webhook);
		await this.move();
		await this.remove();
		if (hasDrafts) await this.secondDraft();
		await this.plusSign();
		if (webhook !== undefined) await this.disabledWebhook(webhook);
		await lookForOwnEvents(this.steps, this.id);
	}

	/** @returns whether the site makes drafts; some do not, or not for everyone */
	private async draft(): Promise<boolean> {
		const path = `/drafts/${pageKey(this.paths.page)}/create`;
		if (!(await this.change('draft-create', { method: 'POST', path }, 'draft'))) {
			const refused = this.steps.seen.of('draft-create')!;
			if ([403, 404, 405].includes(refused.status)) return false;
			throw new Stopped('draft-create', refused);
		}
		this.id = await this.known('draft-create', this.paths.page);
		await this.steps.settle();
		// No title: a site may move a page to where its title leads.
		const query = { edittime: 'now' };
		const contents = `/drafts/${this.id}/contents`;
		const text = { body: DRAFT, type: 'text/plain; charset=utf-8' };
		await this.change('draft-edit', { method: 'POST', path: contents, query, ...text }, 'edit');
		await this.look('draft-contents', { path: contents, query: { mode: 'edit' } });
		await this.steps.settle();
		const tags = { method: 'PUT', path: `/drafts/${this.id}/tags`, body: this.tagsXml() } as const;
		await this.change('draft-tags', tags, 'tags');
		await this.look('draft-page', { path: `/pages/${this.id}` });
		await this.look('draft-page-bad-token', { path: `/pages/${this.id}/info`, token: 'bad' });
		await this.steps.settle();
		return true;
	}

	private async publish(): Promise<void> {
		const path = `/drafts/${this.id}/publish`;
		await this.must('draft-publish', { method: 'POST', path }, 'draft');
		await this.look('published-page', { path: `/pages/${this.id}` });
		const query = { limit: 'all', offset: 0 };
		await this.look('published-revisions', { path: `/pages/${this.id}/revisions`, query });
		await this.steps.settle();
	}

	private async edit(): Promise<void> {
		const path = `/pages/${this.id}/contents`;
		const query = { edittime: 'now' };
		const text = { body: PLAIN, type: 'text/plain; charset=utf-8' };
		await this.change('edit-plain', { method: 'POST', path, query, ...text }, 'edit');
		await this.look('contents-plain', { path, query: { mode: 'edit' } });
		await this.look('edited-page', { path: `/pages/${this.id}` });
		await this.look('find-edited', this.find(pageKey(this.below)));
		const other = pageKey(accented(this.paths.page));
		await this.look('page-by-accent', { path: `/pages/${other}/info`, query: { redirects: 0 } });
		await this.steps.settle();
		await this.change('edit-same', { method: 'POST', path, query, ...text }, 'edit');
		await this.steps.settle();
		await this.change('edit-xml', { method: 'POST', path, query, body: XML }, 'edit');
		await this.steps.settle();
		const conflict = { ...query, abort: 'exists' };
		await this.change('conflict', { method: 'POST', path, query: conflict, body: XML }, 'edit');
		await this.steps.settle();
	}

	private async draftOfPage(): Promise<void> {
		for (const step of ['activate', 'deactivate']) {
			const path = `/drafts/${this.id}/${step}`;
			await this.change(`draft-${step}`, { method: 'POST', path }, 'draft');
			await this.steps.settle();
		}
	}

	private async tag(): Promise<void> {
		const path = `/pages/${this.id}/tags`;
		const body = this.tagsXml('article:topic');
		this.steps.listener?.respondOnceWith(503);
		await this.change('tags', { method: 'PUT', path, body }, 'tags');
		await this.steps.settle();
		const without = { method: 'PUT', path, body: this.tagsXml() } as const;
		await this.change('tags-without-system', without, 'tags');
		await this.look('tags-after', { path });
		await this.steps.settle();
		await this.change('tags-same', without, 'tags');
		await this.steps.settle();
		const tag = [{ '@value': accented(this.names.marker) }];
		const accent = { method: 'PUT', path, body: writeXml('tags', { tag }) } as const;
		await this.change('tags-accent', accent, 'tags');
		await this.steps.settle();
	}

	private async property(): Promise<void> {
		const name = `urn:${this.names.marker}`;
		const path = `/pages/${this.id}/properties`;
		const body = (text: string, more = {}) => {
			const contents = { '@type': 'text/plain', '#text': text };
			return writeXml('properties', { property: { '@name': name, ...more, contents } });
		};
		await this.change('property', { method: 'PUT', path, body: body('one') }, 'properties');
		const again = { method: 'PUT', path, body: body('two') } as const;
		await this.change('property-again', again, 'properties');
		const made = child(this.steps.seen.root('property'), 'property');
		const current = body('last', { '@etag': attribute(made, 'etag') ?? '' });
		const update = { method: 'PUT', path, body: current } as const;
		await this.change('property-update', update, 'properties');
		await this.look('property-value', { path: `${path}/${doubleEncode(name)}` });
		await this.steps.settle();
	}

	private async attach(): Promise<void> {
		const path = `/pages/${this.id}/files/${doubleEncode('probe.txt')}`;
		const file = { body: 'A file of a probe.', type: 'text/plain' };
		const isThere = await this.change('file', { method: 'PUT', path, ...file }, 'file');
		const id = attribute(this.steps.seen.root('file'), 'id');
		if (isThere && id !== undefined) {
			await this.look('file-content', { path: `/files/${id}`, query: { nocache: true } });
			await this.change('file-delete', { method: 'DELETE', path: `/files/${id}` });
			await this.look('file-removed', { path: `/files/${id}`, query: { nocache: true } });
		}
		await this.steps.settle();
	}

	/** Pages that are made without a draft. */
	private async tree(): Promise<void> {
		for (const name of TREE) {
			const id = await this.create(`${name}-create`, this.paths[name]);
			this.treeIds[name] = id;
			await this.look(`${name}-page`, { path: `/pages/${id}` });
		}
		await this.look('find-below', this.find(pageKey(this.below)));
		await this.look('find-own', this.find(this.id));
		const modified = textOf(this.steps.seen.root('child-page', 'page'), 'date.modified');
		if (modified === undefined) return;
		await this.look('find-moment', this.find(this.id, { since: modified, upto: modified }));
	}

	private async create(step: string, pagePath: string): Promise<string> {
		const query = { edittime: 'now' };
		const path = `/pages/${pageKey(pagePath)}/contents`;
		await this.must(step, { method: 'POST', path, query, body: XML }, 'edit');
		const id = await this.known(step, pagePath);
		await this.steps.settle();
		return id;
	}

	/** Fails one attempt at a time: a site disables a webhook after several in a row. */
	private async failedDeliveries({ id }: OwnWebhook): Promise<void> {
		await this.changeTags('tag-400', 400);
		await this.look('webhook-after-400', { path: `/webhooks/${id}` });
		await this.changeTags('tag-200');
		await this.look('webhook-after-200', { path: `/webhooks/${id}` });
		await this.changeTags('tag-302', 302);
		await this.changeTags('tag-200-again');
		await this.changeTags('tag-held', 'held');
	}

	private async move(): Promise<void> {
		const query = { to: this.paths.moved };
		const path = `/pages/${this.id}/move`;
		if (await this.change('move', { method: 'POST', path, query }, 'pages.moved')) {
			await this.known('move', this.paths.moved, this.id);
		}
		await this.lookForRedirect();
		await this.steps.settle();
	}

	private async lookForRedirect(): Promise<void> {
		const path = `/pages/${pageKey(this.paths.page)}/info`;
		for (let attempt = 1; attempt <= REDIRECT_ATTEMPTS; attempt++) {
			const response = await this.look('moved-from', { path, query: { redirects: 0 } });
			const isThere = isSuccess(response) && !hasAttribute(response, 'virtual', 'true');
			if (isThere || attempt === REDIRECT_ATTEMPTS) return;
			await this.steps.site.pause(REDIRECT_PAUSE_MS);
		}
	}

	/** Deletes the tree in one call, unless it contains other people's pages. */
	private async remove(): Promise<void> {
		if (!(await this.isTreeOwn())) return;
		const { child: id, leaf } = this.treeIds;
		const query = { recursive: true, redirects: 0 };
		await this.change('delete', { method: 'DELETE', path: `/pages/${id}`, query }, 'deletedpages');
		await this.look('archived', { path: `/archive/pages/${id}/info` });
		await this.look('archived-subpages', { path: `/archive/pages/${id}/subpages` });
		await this.look('archived-along', { path: `/archive/pages/${leaf}/subpages` });
		const title = textOf(this.steps.seen.root('leaf-page', 'page'), 'title') ?? '';
		await this.look('archive-after', { path: '/archive/pages', query: { title, limit: 100 } });
		await this.look('deleted-page', { path: `/pages/${id}`, query: { includeDeleted: true } });
		await this.steps.settle();
	}

	private async isTreeOwn(): Promise<boolean> {
		for (const name of TREE) {
			const call = { path: `/pages/${this.treeIds[name]}/subpages` };
			const { status, document } = await this.look(`${name}-subpages`, call);
			const below = children(document?.root, 'page.subpage').map((page) => attribute(page, 'id'));
			const own = Object.values(this.treeIds);
			if (status !== 200 || !below.every((id) => own.includes(id ?? ''))) return false;
		}
		return true;
	}

	/** One that nothing is left of without its draft. */
	private async secondDraft(): Promise<void> {
		const pagePath = `${this.paths.moved}/child`;
		const path = `/drafts/${pageKey(pagePath)}/create`;
		if (!(await this.change('second-draft', { method: 'POST', path }, 'draft'))) return;
		const id = await this.known('second-draft', pagePath);
		const away = `/drafts/${id}/deactivate`;
		await this.change('second-draft-deactivate', { method: 'POST', path: away }, 'draft');
		await this.steps.settle();
	}

	/** A site may read the sign as a space, so the page is removed at either path. */
	private async plusSign(): Promise<void> {
		const path = `/pages/${pageKey(this.paths.plus)}/contents`;
		const query = { edittime: 'now' };
		const append = { ...query, section: 0 };
		await this.change('section-of-nothing', { method: 'POST', path, query: append, body: XML });
		await this.steps.settle();
		const create = { method: 'POST', path, query, body: XML } as const;
		await this.change('plus-create', create, 'edit');
		await this.steps.settle();
		const id = attribute(child(this.steps.seen.root('plus-create', 'edit'), 'page'), 'id');
		if (id === undefined) return;
		const to = targetPath(this.paths.plusMoved);
		const move = { method: 'POST', path: `/pages/${id}/move`, query: { to } } as const;
		await this.change('plus-move', move, 'pages.moved');
		await this.steps.settle();
	}

	private async disabledWebhook(webhook: OwnWebhook): Promise<void> {
		await this.changeTags('tag-400-again', 400);
		await this.look('webhook-before-disable', { path: `/webhooks/${webhook.id}` });
		if (!(await setActive(this.steps, webhook, 'disable'))) return;
		await this.changeTags('tag-while-disabled');
		await setActive(this.steps, webhook, 'enable');
		await this.steps.settle();
	}

	/** A change that makes one event and nothing else. */
	private async changeTags(step: string, response?: number | 'held'): Promise<void> {
		if (response !== undefined) this.steps.listener?.respondOnceWith(response);
		this.hasSecondTag = !this.hasSecondTag;
		const body = this.hasSecondTag ? this.tagsXml(`${this.names.marker}b`) : this.tagsXml();
		await this.change(step, { method: 'PUT', path: `/pages/${this.id}/tags`, body }, 'tags');
		await this.steps.settle();
	}

	private tagsXml(...others: string[]): string {
		const tag = [this.names.marker, ...others].map((value) => ({ '@value': value }));
		return writeXml('tags', { tag });
	}

	private find(below: string, period: object = { since: this.since }) {
		return { path: `/pages/${below}/find`, query: { ...period, include: 'tags' } };
	}

	/** The page is where it was made or moved to; no later call goes anywhere else. */
	private async known(step: string, path: string, expected?: string): Promise<string> {
		const id = await idAt(this.steps.site, path);
		const isSafe = id !== undefined && /^\d+$/.test(id) && (expected ?? id) === id;
		if (!isSafe) throw new Stopped(step, this.steps.seen.of(step)!);
		this.names.ids.add(id);
		return id;
	}

	private async must(...[step, call, root]: ChangeArguments): Promise<void> {
		if (await this.change(step, call, root)) return;
		throw new Stopped(step, this.steps.seen.of(step)!);
	}

	private async change(...[step, call, root]: ChangeArguments): Promise<boolean> {
		return await change(this.steps, step, call, root);
	}

	private async look(step: string, call: Parameters<typeof look>[2]) {
		return await look(this.steps, step, call);
	}
}

type ChangeArguments = [
	step: string,
	call: Parameters<typeof change>[2],
	root?: Parameters<typeof change>[3],
];
