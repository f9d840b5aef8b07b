/** The version of this package. The build puts it into the bundle. */
export { version as PACKAGE_VERSION } from '../../../../../package.json';
