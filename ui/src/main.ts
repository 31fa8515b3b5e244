// The door of the page: chooses the host and puts up the desk, or the wall where the address says so.
import '@fontsource-variable/noto-sans-sc/index.css';
import './kit/tokens.css';
import './kit/base.css';
import { useHost } from '@bridge/bridge';
import { httpHost } from '@bridge/http-host';
import { isTauri, tauriHost } from '@bridge/tauri-host';
import { mount } from 'svelte';
import App from './frame/App.svelte';
import WallPage from '@features/wall/WallPage.svelte';

useHost(isTauri() ? tauriHost() : httpHost());

const target = document.getElementById('desk');
if (target) mount(location.hash === '#wall' ? WallPage : App, { target });
