//! The VFS itself: a copy of the system's with its own open and delete, and file methods that
//! note what they pass on. Not here: any judgement; the recorder decides what is refused.

#![expect(
    unsafe_code,
    reason = "SQLite takes a VFS as a table of C functions; nothing else in the project does"
)]

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use rusqlite::ffi;

use super::journal::{Op, Recorder, Wish};
use super::{RECORDERS, lock};

/// What stands in front of the system's own file structure.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    /// The system's file, right behind this structure; null when its open failed.
    real: *mut ffi::sqlite3_file,
    /// `None` for a file outside every recorded folder.
    watch: Option<Box<Watch>>,
}

struct Watch {
    recorder: Arc<Mutex<Recorder>>,
    inode: usize,
}

/// The system's VFS and ours, alive for ever.
struct Registered {
    real: *mut ffi::sqlite3_vfs,
}

// SAFETY: the pointer is to SQLite's static VFS, which is never freed or changed.
unsafe impl Send for Registered {}
// SAFETY: as above; it is only read.
unsafe impl Sync for Registered {}

static REGISTERED: OnceLock<Result<Registered, c_int>> = OnceLock::new();

/// Registers the VFS; once, however often it is called.
pub(super) fn register() -> anyhow::Result<()> {
    match REGISTERED.get_or_init(register_once) {
        Ok(_) => Ok(()),
        Err(code) => Err(anyhow::anyhow!("SQLite refused the VFS ({code})")),
    }
}

fn register_once() -> Result<Registered, c_int> {
    // SAFETY: called with a null name, which asks for the default VFS; it may be null.
    let real = unsafe { ffi::sqlite3_vfs_find(std::ptr::null()) };
    if real.is_null() {
        return Err(ffi::SQLITE_ERROR);
    }
    // SAFETY: checked above; a plain structure of numbers and function pointers.
    let mut ours = unsafe { *real };
    let own = c_int::try_from(size_of::<File>()).map_err(|_| ffi::SQLITE_ERROR)?;
    ours.szOsFile += own;
    ours.zName = c"crash".as_ptr();
    ours.pNext = std::ptr::null_mut();
    ours.xOpen = Some(open);
    ours.xDelete = Some(delete);
    let ours = Box::leak(Box::new(ours));
    // SAFETY: the structure lives for ever and is not the default.
    match unsafe { ffi::sqlite3_vfs_register(ours, 0) } {
        ffi::SQLITE_OK => Ok(Registered { real }),
        code => Err(code),
    }
}

fn real_vfs() -> Option<*mut ffi::sqlite3_vfs> {
    REGISTERED.get()?.as_ref().ok().map(|known| known.real)
}

/// The recorder of the folder a file lies in, and the file's name.
///
/// # Safety
/// `name` is null or a C string.
unsafe fn watched(name: *const c_char) -> Option<(Arc<Mutex<Recorder>>, String)> {
    if name.is_null() {
        return None;
    }
    // SAFETY: a C string by contract.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes();
    let path = Path::new(OsStr::from_bytes(bytes));
    let recorders = lock(&RECORDERS);
    let recorder = recorders.get(path.parent()?)?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    Some((Arc::clone(recorder), name))
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let file = file.cast::<File>();
    // SAFETY: SQLite gives szOsFile bytes, the system's file lies behind ours; both begin at a
    // multiple of their alignment because `File` holds pointers.
    unsafe {
        let real = file.add(1).cast::<ffi::sqlite3_file>();
        (*real).pMethods = std::ptr::null();
        std::ptr::write(
            file,
            File {
                base: ffi::sqlite3_file {
                    pMethods: std::ptr::null(),
                },
                real,
                watch: None,
            },
        );
        let Some(vfs) = real_vfs() else {
            return ffi::SQLITE_CANTOPEN;
        };
        let Some(real_open) = (*vfs).xOpen else {
            return ffi::SQLITE_CANTOPEN;
        };
        let code = real_open(vfs, name, real, flags, out);
        if code != ffi::SQLITE_OK {
            return code;
        }
        if let Some((recorder, name)) = watched(name) {
            let is_journal = flags & (ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_WAL) != 0;
            let inode = lock(&recorder).open(&name, is_journal);
            (*file).watch = Some(Box::new(Watch { recorder, inode }));
        }
        (*file).base.pMethods = &METHODS;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: passed on to the system's own function with the system's own VFS.
    unsafe {
        let Some(vfs) = real_vfs() else {
            return ffi::SQLITE_IOERR_DELETE;
        };
        let Some(real_delete) = (*vfs).xDelete else {
            return ffi::SQLITE_IOERR_DELETE;
        };
        let code = real_delete(vfs, name, sync_folder);
        if code == ffi::SQLITE_OK
            && let Some((recorder, name)) = watched(name)
        {
            lock(&recorder).delete(&name, sync_folder != 0);
        }
        code
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: a file that `open` made; it is not used after this.
    unsafe {
        let code = pass(file, |methods| methods.xClose, |close, real| close(real));
        drop((*file.cast::<File>()).watch.take());
        code
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    amount: c_int,
    at: i64,
) -> c_int {
    // SAFETY: SQLite gives `amount` readable bytes at `from`.
    unsafe {
        if let Some(code) = refused(file, Wish::Write) {
            return code;
        }
        let code = pass(
            file,
            |m| m.xWrite,
            |write, real| write(real, from, amount, at),
        );
        let length = usize::try_from(amount).unwrap_or(0);
        if code == ffi::SQLITE_OK
            && let Some(watch) = &(*file.cast::<File>()).watch
        {
            let bytes = std::slice::from_raw_parts(from.cast::<u8>(), length).to_vec();
            lock(&watch.recorder).note(Op::Written {
                inode: watch.inode,
                at: usize::try_from(at).unwrap_or(0),
                bytes,
            });
        }
        code
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: i64) -> c_int {
    // SAFETY: a file that `open` made.
    unsafe {
        if let Some(code) = refused(file, Wish::Truncate) {
            return code;
        }
        let code = pass(
            file,
            |m| m.xTruncate,
            |truncate, real| truncate(real, length),
        );
        if code == ffi::SQLITE_OK
            && let Some(watch) = &(*file.cast::<File>()).watch
        {
            lock(&watch.recorder).note(Op::Truncated {
                inode: watch.inode,
                length: usize::try_from(length).unwrap_or(0),
            });
        }
        code
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: a file that `open` made.
    unsafe {
        if let Some(code) = refused(file, Wish::Sync) {
            return code;
        }
        // The recording alone decides what a cut keeps: the system is spared the real sync.
        let _ = flags;
        if let Some(watch) = &(*file.cast::<File>()).watch {
            lock(&watch.recorder).synced(watch.inode);
            return ffi::SQLITE_OK;
        }
        pass(file, |m| m.xSync, |sync, real| sync(real, flags))
    }
}

unsafe fn refused(file: *mut ffi::sqlite3_file, wish: Wish) -> Option<c_int> {
    // SAFETY: a file that `open` made.
    let watch = unsafe { (*file.cast::<File>()).watch.as_ref()? };
    lock(&watch.recorder).refusal(wish)
}

/// Calls the system's method `pick` on the system's file.
///
/// # Safety
/// `file` was made by `open` and is not closed.
unsafe fn pass<F>(
    file: *mut ffi::sqlite3_file,
    pick: impl FnOnce(&ffi::sqlite3_io_methods) -> Option<F>,
    call: impl FnOnce(F, *mut ffi::sqlite3_file) -> c_int,
) -> c_int {
    // SAFETY: by contract; the system's file is open, so its methods are set.
    unsafe {
        let real = (*file.cast::<File>()).real;
        match (*real).pMethods.as_ref().and_then(pick) {
            Some(method) => call(method, real),
            None => ffi::SQLITE_IOERR,
        }
    }
}

macro_rules! passed_on {
    ($($name:ident: $method:ident($($arg:ident: $type:ty),*);)+) => {$(
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file, $($arg: $type),*) -> c_int {
            // SAFETY: the arguments go on as SQLite gave them.
            unsafe { pass(file, |m| m.$method, |method, real| method(real, $($arg),*)) }
        }
    )+};
}

passed_on! {
    read: xRead(to: *mut c_void, amount: c_int, at: i64);
    file_size: xFileSize(size: *mut i64);
    take_lock: xLock(level: c_int);
    let_lock: xUnlock(level: c_int);
    is_reserved: xCheckReservedLock(out: *mut c_int);
    control: xFileControl(op: c_int, arg: *mut c_void);
    sector_size: xSectorSize();
    character: xDeviceCharacteristics();
    shm_map: xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void);
    shm_lock: xShmLock(offset: c_int, count: c_int, flags: c_int);
    shm_unmap: xShmUnmap(is_deleted: c_int);
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: a file that `open` made.
    unsafe {
        pass(
            file,
            |methods| methods.xShmBarrier,
            |barrier, real| {
                barrier(real);
                ffi::SQLITE_OK
            },
        );
    }
}

/// Version 2: shared memory, but no memory-mapped pages, which nobody could note.
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(take_lock),
    xUnlock: Some(let_lock),
    xCheckReservedLock: Some(is_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(character),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
