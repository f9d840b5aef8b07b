import type { Attachment } from './pages.mts';
import type { Change, PageKey, By } from './site-base.mts';
import { SitePages } from './site-pages.mts';
import type { Role, User } from './users.mts';
import type { SimulatedEvent } from './events.mts';

export interface NewFile extends By {
	content?: Uint8Array;
	/** Length of the content if absent. */
	size?: number;
	type?: string;
}

export interface Import extends By {
	/** Path below which the pages go. */
	under?: string;
	/** Pause the deliveries; the setting `pauseDuringImport` if absent. */
	pause?: boolean;
}

export interface FileChange extends Change {
	file: Attachment;
	fileId: number;
}

export interface UserChange {
	user: User;
	userId: number;
	events: SimulatedEvent[];
	eventIds: string[];
}

/** The whole site: pages, files, properties, users. */
export class Site extends SitePages {
	private lastResource = 3644;

	/** A second file of the same name on the page is a new revision: attachment_update. */
	attachFile(key: PageKey, name: string, options: NewFile = {}): FileChange {
		const page = this.page(key);
		const known = this.files.find((file) => file.pageId === page.id && file.name === name);
		const file = known ?? this.newFile(page.id, name);
		if (known) file.revision++;
		file.content = Buffer.from(options.content ?? `Content of ${name}`);
		file.size = options.size ?? file.content.length;
		file.type = options.type ?? 'application/octet-stream';
		const type = known ? 'attachment_update' : 'attachment_create';
		const subject = { file: { ...file }, page };
		const signature = 'PUT:pages/*/files/*';
		const events = this.emitAll(signature, this.user(options.by), [[type, subject]]);
		return { ...this.change(page, events), file, fileId: file.id };
	}

	setProperty(key: PageKey, name: string, value: string, { by }: By = {}): Change {
		const page = this.page(key);
		const known = page.properties.get(name);
		const id = known?.id ?? ++this.lastResource;
		page.properties.set(name, { id, value });
		const type = known ? 'pageproperty_update' : 'pageproperty_create';
		const events: Array<[string, object]> = [[type, { page, property: { id, name } }]];
		return this.change(page, this.emitAll('PUT:pages/*/properties', this.user(by), events));
	}

	deleteProperty(key: PageKey, name: string, { by }: By = {}): Change {
		const page = this.page(key);
		const id = page.properties.get(name)?.id;
		if (id === undefined || !page.properties.delete(name)) throw new Error(`no property ${name}`);
		const subject = { page, property: { id, name } };
		const signature = 'DELETE:pages/*/properties/*';
		const events = this.emitAll(signature, this.user(by), [['pageproperty_delete', subject]]);
		return this.change(page, events);
	}

	createUser(username: string, { role, by }: By & { role?: Role } = {}): UserChange {
		const user = this.users.add(username, role ?? 'Viewer');
		return this.userChange(user, 'POST:users', 'user_create', by);
	}

	updateUser(key: string | number, fullname: string, { by }: By = {}): UserChange {
		const user = this.user(key);
		user.fullname = fullname;
		return this.userChange(user, 'PUT:users/*', 'user_update', by);
	}

	/** Many pages at once (G-14). With a pause, the events wait until deliveries are resumed. */
	bulkImport(count: number, { under = 'Import', by, pause }: Import = {}): Change[] {
		if (pause ?? this.settings.pauseDuringImport) this.outlets.pause();
		const batch = Date.now().toString(36);
		return Array.from({ length: count }, (_, index) => {
			const title = `Imported article ${index + 1}`;
			const html = `<p>${title} of batch ${batch}.</p>`;
			return this.createPage(`${under}/${batch}/Article_${index + 1}`, { title, html, by });
		});
	}

	private newFile(pageId: number, name: string): Attachment {
		const id = this.files.length + 1;
		const file: Attachment = {
			...{ id, name, pageId, size: 0, revision: 1, type: '', created: new Date() },
			content: Buffer.alloc(0),
			resourceId: ++this.lastResource,
			location: `${this.settings.siteId}/${id}/0`,
		};
		this.files.push(file);
		return file;
	}

	private userChange(
		user: User,
		signature: string,
		type: string,
		by: string | number | undefined,
	): UserChange {
		const events = this.emitAll(signature, this.user(by), [[type, { user }]]);
		return { user, userId: user.id, events, eventIds: events.map(({ id }) => id) };
	}
}
