using System.Runtime.InteropServices;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>The few calls to the C library that .NET has no method for.</summary>
internal static class NativeMethods
{
    /// <summary>The option of prctl(2) that asks for a signal when the parent ends.</summary>
    public const int SetParentDeathSignal = 1;

    /// <summary>SIGINT: PostgreSQL's fast shutdown.</summary>
    public const int Interrupt = 2;

    /// <summary>SIGQUIT: PostgreSQL's immediate shutdown.</summary>
    public const int Quit = 3;

    /// <summary>SIGCONT: harmless to a running process, therefore the signal that we ask for.</summary>
    public const int Continue = 18;

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Kill(int processId, int signal);

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern uint EffectiveUser();

    [DllImport("libc", EntryPoint = "setsid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int StartSession();
}
