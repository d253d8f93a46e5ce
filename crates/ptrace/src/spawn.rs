//! Starting a program under trace.
//!
//! The tracer forks. The child waits for a word until it has been seized, prepares itself, and sends itself a
//! `SIGSTOP`, which reaches nobody but the tracer: as a signal-delivery-stop, and the signal is thrown away. What the
//! child does next is the `execve`. No stop is visible to anyone else, and nothing of it outlives the `execve`: the
//! program starts with the session, process group, standard streams, signal mask and signal dispositions it would
//! have had without a tracer.

use std::{
    env,
    ffi::{CString, OsStr, OsString},
    fmt, io,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
    ptr,
    time::Duration,
};

use crate::{
    Error, Filter, Options, Result, Signal, SignalSet, StartState, Stop, Stopped, Tid,
    attach::seize,
    error::Step,
    shared::SharedWords,
    start_state::{set_disposition, set_mask},
    stopped::Running,
};

type PreExec = Box<dyn FnMut() -> io::Result<()> + Send + Sync>;

/// A program to start under trace, in the manner of [`std::process::Command`].
///
/// ```no_run
/// use strax_ptrace::{Command, Options};
///
/// let spawned = Command::new("ls").arg("-l").spawn(Options::NONE)?;
/// let tracee = spawned.exec()?; // the first instruction of ls comes next
/// println!("{:?}", tracee.registers()?);
/// tracee.detach(None)?;
/// # Ok::<(), strax_ptrace::Error>(())
/// ```
pub struct Command {
    program: OsString,
    args: Vec<OsString>,
    environment: Environment,
    current_dir: Option<CString>,
    groups: Option<Vec<u32>>,
    gids: Option<(u32, u32)>,
    uids: Option<(u32, u32)>,
    start: StartState,
    seccomp: Option<Filter>,
    failure_status: i32,
    pre_exec: Vec<PreExec>,
    has_nul: bool,
}

/// Where the program's environment comes from.
enum Environment {
    /// The tracer's own, untouched.
    Inherited,
    /// These strings.
    Own(Vec<OsString>),
}

impl Command {
    /// The program `program`: a path if it has a slash, else to be found in the `PATH` of the calling process.
    pub fn new(program: impl AsRef<OsStr>) -> Command {
        let mut command = Command {
            program: program.as_ref().to_owned(),
            args: vec![program.as_ref().to_owned()],
            environment: Environment::Inherited,
            current_dir: None,
            groups: None,
            gids: None,
            uids: None,
            start: StartState::of_process(),
            seccomp: None,
            failure_status: 127,
            pre_exec: Vec::new(),
            has_nul: false,
        };
        command.c_string(program.as_ref());
        command
    }

    /// The program, as it was given.
    pub fn get_program(&self) -> &OsStr {
        &self.program
    }

    /// Adds an argument.
    pub fn arg(&mut self, arg: impl AsRef<OsStr>) -> &mut Command {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(&mut self, args: impl IntoIterator<Item = A>) -> &mut Command {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets argument 0, which is the program as given otherwise.
    pub fn arg0(&mut self, arg: impl AsRef<OsStr>) -> &mut Command {
        self.args[0] = arg.as_ref().to_owned();
        self
    }

    /// Sets one variable of the environment, where it stands, or at the end if it is new.
    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Command {
        let mut entry = name.as_ref().to_owned();
        entry.push("=");
        entry.push(value);
        let entries = self.own_environment();
        match entries.iter_mut().find(|entry| is_variable(entry, name.as_ref())) {
            Some(old) => *old = entry,
            None => entries.push(entry),
        }
        self
    }

    /// Removes one variable from the environment.
    pub fn env_remove(&mut self, name: impl AsRef<OsStr>) -> &mut Command {
        self.own_environment().retain(|entry| !is_variable(entry, name.as_ref()));
        self
    }

    /// Removes all variables from the environment.
    pub fn env_clear(&mut self) -> &mut Command {
        self.envp(Vec::<OsString>::new())
    }

    /// Sets the whole environment, as the strings that `execve(2)` passes on: usually, but not by necessity,
    /// `NAME=value`.
    pub fn envp<E: Into<OsString>>(&mut self, entries: impl IntoIterator<Item = E>) -> &mut Command {
        self.environment = Environment::Own(entries.into_iter().map(Into::into).collect());
        self
    }

    /// Starts it in this directory. A relative path of the program is then looked up from there.
    pub fn current_dir(&mut self, dir: impl AsRef<Path>) -> &mut Command {
        self.current_dir = self.c_string(dir.as_ref().as_os_str());
        self
    }

    /// Sets the supplementary groups.
    pub fn groups(&mut self, groups: &[u32]) -> &mut Command {
        self.groups = Some(groups.to_owned());
        self
    }

    /// Sets all group ids.
    pub fn gid(&mut self, gid: u32) -> &mut Command {
        self.gids(gid, gid)
    }

    /// Sets the real group id, and the effective and saved ones.
    pub fn gids(&mut self, real: u32, effective: u32) -> &mut Command {
        self.gids = Some((real, effective));
        self
    }

    /// Sets all user ids. Does not touch the groups: see [`Self::groups`].
    pub fn uid(&mut self, uid: u32) -> &mut Command {
        self.uids(uid, uid)
    }

    /// Sets the real user id, and the effective and saved ones.
    pub fn uids(&mut self, real: u32, effective: u32) -> &mut Command {
        self.uids = Some((real, effective));
        self
    }

    /// What it starts with: [`StartState::of_process`] unless said otherwise.
    pub fn start_state(&mut self, state: StartState) -> &mut Command {
        self.start = state;
        self
    }

    /// Puts it under a seccomp filter. [`Options::SECCOMP`] is then set for it.
    ///
    /// The filter is set with the caller's rights, before [`Self::uid`] and the like take effect. Where these do not
    /// suffice (it takes `CAP_SYS_ADMIN`), the program is also put under `no_new_privs`, so that set-user-ID programs
    /// give it no rights.
    pub fn seccomp(&mut self, filter: Filter) -> &mut Command {
        self.seccomp = Some(filter);
        self
    }

    /// The exit status of the child if `execve` fails: 127, as in the shell, unless said otherwise.
    pub fn failure_status(&mut self, status: i32) -> &mut Command {
        self.failure_status = status;
        self
    }

    /// Runs `prepare` in the child, last of all preparations.
    ///
    /// # Safety
    ///
    /// The closure runs after `fork`, in a copy of a process that may have had other threads: it may only do what is
    /// async-signal-safe (`signal-safety(7)`), and must not allocate.
    pub unsafe fn pre_exec(
        &mut self,
        prepare: impl FnMut() -> io::Result<()> + Send + Sync + 'static,
    ) -> &mut Command {
        self.pre_exec.push(Box::new(prepare));
        self
    }

    /// Starts a child, seized with `options` by the calling thread, prepared, and stopped right before its `execve`.
    ///
    /// [`Options::EXEC`] is set in any case. The first syscall-stop, if it is resumed so, is the entry of `execve`.
    ///
    /// # Errors
    ///
    /// [`Error::Exec`] if the program is not found; [`Error::Setup`] if a preparation failed; then there is no child.
    pub fn spawn(&mut self, options: Options) -> Result<Spawned> {
        let program = self.find_program()?;
        let image = Image::new(self, &program)?;
        let words = SharedWords::new()?;
        let child = self.fork(&image, &words)?;
        let exec = ExecOutcome { words, program };
        match self.take_hold(child, options, &exec) {
            Ok(tracee) => Ok(Spawned { tracee, exec }),
            Err(error) => {
                reap(child);
                Err(error)
            }
        }
    }

    /// Executes the program in the calling process, prepared as [`Self::spawn`] prepares a child. For tracers that
    /// split off from what becomes their tracee. The process must have one thread.
    ///
    /// Returns only if it fails: [`Error::Exec`] or [`Error::Setup`]. The process is then prepared in part.
    pub fn exec(&mut self) -> Error {
        let program = match self.find_program() {
            Ok(program) => program,
            Err(error) => return error,
        };
        let image = match Image::new(self, &program) {
            Ok(image) => image,
            Err(error) => return error,
        };
        match self.prepare() {
            Ok(()) => {
                self.execute(&image);
                Error::Exec { program, source: io::Error::last_os_error() }
            }
            Err(step) => Error::Setup { step, source: io::Error::last_os_error() },
        }
    }

    /// Seizes the child, lets it prepare itself, and waits until it stands before its `execve`.
    fn take_hold(&self, child: Tid, options: Options, exec: &ExecOutcome) -> Result<Stopped> {
        let seccomp = if self.seccomp.is_some() { Options::SECCOMP } else { Options::NONE };
        let mut running = seize(child, options | Options::EXEC | seccomp)?;
        exec.words.set(SEIZED, 1);
        loop {
            let event = running.wait()?;
            let stop = event.stop;
            let Some(tracee) = event.into_tracee() else {
                return Err(exec.report().unwrap_or(Error::Gone(child)));
            };
            running = match stop {
                Stop::SignalDelivery(Signal::STOP) => return Ok(tracee),
                stop => tracee.cont(stop.signal_to_deliver())?,
            };
        }
    }

    fn fork(&mut self, image: &Image, words: &SharedWords) -> Result<Tid> {
        // No handler of the tracer's may run in the child, so nothing is delivered until it has none.
        let mask = set_mask(Some(SignalSet::ALL.bits()));
        let tracer = process_id();
        // SAFETY: the child only does what is async-signal-safe, the caller's closures by contract.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            self.run_child(image, words, tracer);
        }
        let failed = (pid == -1).then(|| Error::last("fork"));
        set_mask(Some(mask));
        failed.map_or(Ok(Tid::from_raw(pid)), Err)
    }

    /// The path to give to `execve`: the program itself if it has a slash, or else as `execvp(3)` would find it.
    fn find_program(&self) -> Result<PathBuf> {
        if self.has_nul {
            return Err(self.exec_error(libc::EINVAL));
        }
        if self.program.as_bytes().contains(&b'/') {
            return Ok(PathBuf::from(&self.program));
        }
        if self.program.is_empty() {
            return Err(self.exec_error(libc::ENOENT));
        }
        let path = env::var_os("PATH").unwrap_or_else(|| OsString::from("/bin:/usr/bin"));
        let mut errno = libc::ENOENT;
        for candidate in env::split_paths(&path).map(|dir| dir.join(&self.program)) {
            match executable(&candidate) {
                Ok(true) => return Ok(candidate),
                Ok(false) => errno = libc::EACCES,
                Err(_) => {}
            }
        }
        Err(self.exec_error(errno))
    }

    fn exec_error(&self, errno: i32) -> Error {
        let source = io::Error::from_raw_os_error(errno);
        Error::Exec { program: PathBuf::from(&self.program), source }
    }

    fn own_environment(&mut self) -> &mut Vec<OsString> {
        if let Environment::Inherited = self.environment {
            let inherited = env::vars_os().map(|(mut entry, value)| {
                entry.push("=");
                entry.push(value);
                entry
            });
            self.environment = Environment::Own(inherited.collect());
        }
        match &mut self.environment {
            Environment::Own(entries) => entries,
            Environment::Inherited => unreachable!("made own above"),
        }
    }

    fn c_string(&mut self, string: &OsStr) -> Option<CString> {
        let string = CString::new(string.as_bytes()).ok();
        self.has_nul |= string.is_none();
        string
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("program", &self.program)
            .field("args", &self.args)
            .finish_non_exhaustive()
    }
}

fn is_variable(entry: &OsStr, name: &OsStr) -> bool {
    let rest = entry.as_bytes().strip_prefix(name.as_bytes());
    rest.is_some_and(|rest| rest.starts_with(b"="))
}

/// Whether it is a file that may be executed; an error if there is no file.
fn executable(path: &Path) -> io::Result<bool> {
    let is_file = path.metadata()?.is_file();
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `path` is NUL-terminated.
    Ok(is_file && unsafe { libc::access(path.as_ptr(), libc::X_OK) } == 0)
}

/// What `execve` takes, made before the fork, for the child must not allocate.
struct Image {
    program: CString,
    strings: Vec<CString>,
    argv: Vec<*const libc::c_char>,
    /// Empty for the inherited environment.
    envp: Vec<*const libc::c_char>,
}

impl Image {
    fn new(command: &Command, program: &Path) -> Result<Image> {
        let invalid = |_| command.exec_error(libc::EINVAL);
        let mut image = Image {
            program: CString::new(program.as_os_str().as_bytes()).map_err(invalid)?,
            strings: Vec::new(),
            argv: Vec::new(),
            envp: Vec::new(),
        };
        image.argv = image.vector(&command.args).map_err(invalid)?;
        if let Environment::Own(entries) = &command.environment {
            image.envp = image.vector(entries).map_err(invalid)?;
        }
        Ok(image)
    }

    /// A NULL-terminated vector of pointers to the strings, which this image keeps. (They do not move with it.)
    fn vector(&mut self, strings: &[OsString]) -> Result<Vec<*const libc::c_char>, std::ffi::NulError> {
        let mut vector = Vec::with_capacity(strings.len() + 1);
        for string in strings {
            let string = CString::new(string.clone().into_vec())?;
            vector.push(string.as_ptr());
            self.strings.push(string);
        }
        vector.push(ptr::null());
        Ok(vector)
    }
}

/// The word by which the tracer says that it has seized the child.
const SEIZED: usize = 0;
/// The word by which the child says what failed.
const FAILED: usize = 1;
/// How often the child looks whether its tracer is still there.
const LOOK: Duration = Duration::from_millis(100);

/// The child's side. Everything here is async-signal-safe.
impl Command {
    fn run_child(&mut self, image: &Image, words: &SharedWords, tracer: i32) -> ! {
        if await_tracer(words, tracer) {
            let step = match self.prepare().and_then(|()| stand_still()) {
                Ok(()) => {
                    self.execute(image);
                    Step::Exec
                }
                Err(step) => step,
            };
            report(words, step);
        }
        // SAFETY: ends the process at once.
        unsafe { libc::_exit(self.failure_status) }
    }

    fn prepare(&mut self) -> Result<(), Step> {
        self.close_stdio();
        if let Some(filter) = &self.seccomp {
            filter.install().map_err(|_| Step::Seccomp)?;
        }
        self.set_ids()?;
        if let Some(dir) = &self.current_dir {
            // SAFETY: `dir` is NUL-terminated.
            check(Step::CurrentDir, unsafe { libc::chdir(dir.as_ptr()) } as libc::c_long)?;
        }
        for prepare in &mut self.pre_exec {
            prepare().map_err(|error| {
                set_errno(error.raw_os_error().unwrap_or(libc::EINVAL));
                Step::PreExec
            })?;
        }
        self.set_signals();
        Ok(())
    }

    fn close_stdio(&self) {
        for (fd, _) in self.start.closed_stdio.iter().enumerate().filter(|(_, closed)| **closed) {
            // SAFETY: whatever is there was put there by this process for itself.
            unsafe { libc::close(fd as libc::c_int) };
        }
    }

    /// By the system calls themselves: those of the C library want to reach all threads of the process that was
    /// forked. Users last: they take away the right to set groups.
    fn set_ids(&self) -> Result<(), Step> {
        #[cfg(not(target_arch = "x86"))]
        use libc::{SYS_setgroups as SETGROUPS, SYS_setresgid as SETRESGID, SYS_setresuid as SETRESUID};
        #[cfg(target_arch = "x86")]
        use libc::{
            SYS_setgroups32 as SETGROUPS, SYS_setresgid32 as SETRESGID, SYS_setresuid32 as SETRESUID,
        };
        if let Some(groups) = &self.groups {
            // SAFETY: the kernel reads `len` group ids from the vector.
            check(Step::Groups, unsafe { libc::syscall(SETGROUPS, groups.len(), groups.as_ptr()) })?;
        }
        if let Some((real, effective)) = self.gids {
            // SAFETY: no memory is involved.
            check(Step::Gid, unsafe { libc::syscall(SETRESGID, real, effective, effective) })?;
        }
        if let Some((real, effective)) = self.uids {
            // SAFETY: no memory is involved.
            check(Step::Uid, unsafe { libc::syscall(SETRESUID, real, effective, effective) })?;
        }
        Ok(())
    }

    fn set_signals(&self) {
        let state = &self.start;
        for signal in SignalSet::ALL.iter() {
            set_disposition(signal, state.ignored.contains(signal));
        }
        set_mask(Some(state.mask.bits()));
    }

    /// Returns only if it fails.
    fn execute(&self, image: &Image) {
        unsafe extern "C" {
            static environ: *const *const libc::c_char;
        }
        let (program, argv) = (image.program.as_ptr(), image.argv.as_ptr());
        // SAFETY: the strings are NUL-terminated and the vectors NULL-terminated, and all outlive the call. `environ`
        // is read as it was at the fork.
        unsafe {
            let envp = if image.envp.is_empty() { environ } else { image.envp.as_ptr() };
            libc::execve(program, argv, envp);
        }
    }
}

/// Whether the tracer has seized this process, once that is known: there is nothing to do if it is gone.
fn await_tracer(words: &SharedWords, tracer: i32) -> bool {
    while words.wait(SEIZED, LOOK) == 0 {
        // SAFETY: getppid touches no memory.
        let parent = unsafe { libc::getppid() };
        // Out of a PID namespace, a parent is seen as 0.
        if parent != tracer && parent != 0 {
            return false;
        }
    }
    true
}

/// Says what failed; `errno` says why.
fn report(words: &SharedWords, step: Step) {
    words.set(FAILED, u32::from(step as u8) << 16 | errno() as u16 as u32 | REPORTED);
}

/// Set in a report, so that none looks like nothing.
const REPORTED: u32 = 1 << 31;

fn process_id() -> i32 {
    // SAFETY: getpid touches no memory.
    unsafe { libc::getpid() }
}

/// Waits for the tracer to say that it may go on.
fn stand_still() -> Result<(), Step> {
    // SAFETY: raises a signal in this process, which is stopped by it, and goes on when the tracer says so.
    check(Step::Stop, unsafe { libc::kill(libc::getpid(), libc::SIGSTOP) } as libc::c_long)
}

fn check(step: Step, returned: libc::c_long) -> Result<(), Step> {
    if returned == -1 { Err(step) } else { Ok(()) }
}

fn errno() -> i32 {
    // SAFETY: the location is the calling thread's own.
    unsafe { *libc::__errno_location() }
}

fn set_errno(errno: i32) {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// A tracee before its `execve`.
#[derive(Debug)]
pub struct Spawned {
    /// The tracee, stopped; to be resumed without a signal.
    pub tracee: Stopped,
    /// Tells whether the program could be executed, once it was tried.
    pub exec: ExecOutcome,
}

impl Spawned {
    /// Lets it execute its program: gives it back at the [`Stop::Exec`], before the first instruction.
    ///
    /// # Errors
    ///
    /// [`Error::Exec`] if `execve` failed; the child is gone then. [`Error::Gone`] if it was killed.
    pub fn exec(self) -> Result<Stopped> {
        let Spawned { tracee, exec } = self;
        let tid = tracee.tid();
        let mut running = tracee.cont(None)?;
        loop {
            let event = running.wait()?;
            let stop = event.stop;
            let Some(tracee) = event.into_tracee() else {
                return Err(exec.report().unwrap_or(Error::Gone(tid)));
            };
            running = match stop {
                Stop::Exec { .. } => return Ok(tracee),
                Stop::GroupStop(_) => tracee.listen()?,
                stop => tracee.cont(stop.signal_to_deliver())?,
            };
        }
    }

    /// The child that runs on untold: for tracers that resume [`Self::tracee`] themselves.
    pub fn into_parts(self) -> (Stopped, ExecOutcome) {
        (self.tracee, self.exec)
    }
}

/// What a child says if it could not execute its program.
#[derive(Debug)]
pub struct ExecOutcome {
    words: SharedWords,
    program: PathBuf,
}

impl ExecOutcome {
    /// Why the program could not be executed ([`Error::Exec`]); `None` if it could, or it was not tried yet. Meaningful once the child has ended: after a failed `execve` it reports and exits, which its tracer
    /// sees as two more system calls.
    pub fn error(&self) -> Option<Error> {
        self.report()
    }

    /// The path that is executed: the program as it was found.
    pub fn program(&self) -> &Path {
        &self.program
    }

    fn report(&self) -> Option<Error> {
        let report = self.words.get(FAILED);
        if report & REPORTED == 0 {
            return None;
        }
        let source = io::Error::from_raw_os_error((report & 0xffff) as i32);
        Some(match Step::from_raw((report >> 16) as u8) {
            Step::Exec => Error::Exec { program: self.program.clone(), source },
            step => Error::Setup { step, source },
        })
    }
}

/// Sees a child to its end that cannot be used.
fn reap(child: Tid) {
    let running = Running::assume(child);
    if running.kill().is_err() {
        return;
    }
    let mut running = Some(running);
    while let Some(Ok(event)) = running.take().map(Running::wait) {
        running = event.into_tracee().and_then(|tracee| tracee.cont(None).ok());
    }
}
