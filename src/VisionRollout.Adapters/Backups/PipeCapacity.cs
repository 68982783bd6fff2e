using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VisionRollout.Adapters.Backups;

/// <summary>How much a pipe holds before its writer has to wait.</summary>
internal static class PipeCapacity
{
    /// <summary>As much as anybody may ask for where the administrator has changed nothing (pipe(7), /proc/sys/fs/pipe-max-size).</summary>
    public const int Bytes = 1 << 20;

    // F_SETPIPE_SZ of fcntl(2).
    private const int SetPipeSize = 1031;

    /// <summary>Makes a pipe hold <see cref="Bytes"/>; false where the system does not.</summary>
    public static bool TryEnlarge(Stream stream) => OperatingSystem.IsLinux() && stream is PipeStream pipe && Control(pipe.SafePipeHandle, SetPipeSize, Bytes) >= Bytes;

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafePipeHandle pipe, int command, int argument);
}
