import { ASSUMED } from '../settings.mts';
import type { Attachment, FileRevision, Page } from './pages.mts';
import type { By, Change, EventParts, PageKey } from './base.mts';
import { SitePages } from './edits.mts';

export interface NewFile extends By {
	content?: Uint8Array;
	/** Length of the content if absent. */
	size?: number;
	type?: string;
	/** Those of the revision before if absent. */
	description?: string;
	altText?: string;
}

export interface FileChange extends Change {
	file: Attachment;
	fileId: number;
}

/** Files of pages. */
export class SiteFiles extends SitePages {
	/** What is there; files of a deleted page went with it. */
	filesOf(page: Page): Attachment[] {
		return this.files.filter(({ pageId, deletedAt }) => pageId === page.id && !deletedAt);
	}

	fileNamed(page: Page, name: string): Attachment | undefined {
		return this.filesOf(page).find((file) => file.name === name);
	}

	/** A second file of the same name on the page is a new revision: attachment_update. */
	attachFile(key: PageKey, name: string, options: NewFile = {}): FileChange {
		const page = this.page(key);
		const { by, at } = this.who(options);
		const known = this.fileNamed(page, name);
		const content = Buffer.from(options.content ?? `Content of ${name}`);
		const first: FileRevision = {
			...{ revision: (known?.revision ?? 0) + 1, content, author: by.username, uploaded: at },
			size: options.size ?? content.length,
			type: options.type ?? 'application/octet-stream',
			description: options.description ?? known?.description ?? '',
			altText: options.altText ?? known?.altText ?? '',
			contentsId: this.nextResource(),
		};
		const file = known ?? this.newFile(page, name, first);
		if (known) Object.assign(known, first);
		const type = known ? 'attachment_update' : 'attachment_create';
		const subject = { file: { ...file }, page };
		const events = this.emitAll('PUT:pages/*/files/*', { by, at }, [[type, subject]]);
		return { ...this.change(page, events), file, fileId: file.id };
	}

	/** No documented call does this; a user does it in the browser. */
	deleteFile(fileId: number, options: By = {}): FileChange {
		const file = this.files.find(({ id, deletedAt }) => id === fileId && !deletedAt);
		if (!file) throw new Error(`no file ${fileId}`);
		const { by, at } = this.who(options);
		file.deletedAt = at;
		const page = this.page(file.pageId);
		const event: EventParts = ['attachment_delete', { file: { ...file }, page }];
		const events = this.emitAll('DELETE:files/*', { by, at }, [event]);
		return { ...this.change(page, events), file, fileId };
	}

	/** The newest revision of each file goes to the other page, and what tells of it. */
	protected copyFiles(from: Page, to: Page, by: string, at: Date): EventParts[] {
		return this.filesOf(from).map((source) => {
			const { content, size, type, description, altText } = source;
			const file = this.newFile(to, source.name, {
				...{ content, size, type, description, altText },
				...{ revision: 1, author: by, uploaded: at, contentsId: this.nextResource() },
			});
			const subject = { file: { ...file }, page: to, sourceFile: source, source: from };
			return ['attachment_copy', subject];
		});
	}

	private newFile(page: Page, name: string, first: FileRevision): Attachment {
		const id = this.files.length + 1;
		const file: Attachment = {
			...first,
			...{ id, name, pageId: page.id, created: first.uploaded },
			resourceId: this.nextResource(),
			location: `${ASSUMED.siteId}/${id}/0`,
		};
		this.files.push(file);
		return file;
	}
}
