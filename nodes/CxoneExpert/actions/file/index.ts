import type { Resource } from '../core/resource';
import { deleteFile } from './delete.operation';
import { downloadFile } from './download.operation';
import { searchFiles } from './file';
import { getManyFiles } from './get-many.operation';
import { getFile } from './get.operation';
import { renameFile } from './rename.operation';
import { uploadFile } from './upload.operation';

export const fileResource: Resource = {
	value: 'file',
	name: 'File',
	description: 'A file that is attached to a page',
	operations: [deleteFile, downloadFile, getFile, getManyFiles, renameFile, uploadFile],
	lists: { searchFiles },
};
