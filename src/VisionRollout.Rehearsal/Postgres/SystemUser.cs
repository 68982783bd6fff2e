using System.Globalization;
using VisionRollout.Rehearsal.Hosting;

namespace VisionRollout.Rehearsal.Postgres;

/// <summary>The user that PostgreSQL's programs run as. They refuse to run as root, which then changes to another user.</summary>
/// <param name="Name">The user's name; null for whoever runs this program.</param>
/// <param name="UserId">The numeric user.</param>
/// <param name="GroupId">The numeric group.</param>
internal sealed record SystemUser(string? Name, uint UserId, uint GroupId)
{
    private const string UserTable = "/etc/passwd";

    /// <summary>The present user, or for root the first of <c>postgres</c> and <c>nobody</c> that exists.</summary>
    public static SystemUser ForPostgres()
    {
        if (OperatingSystem.IsWindows() || NativeMethods.EffectiveUser() != 0)
            return new SystemUser(null, 0, 0);
        return Lookup("postgres") ?? Lookup("nobody") ?? throw new StartFailureException(StartFailureException.StartFailed,
            "PostgreSQL refuses to run as root, and there is neither a user 'postgres' nor 'nobody' to change to. Run the rehearsal as an ordinary user.");
    }

    /// <summary>The words that run a command as this user (setpriv of util-linux: it replaces itself by the command, and needs no PAM).</summary>
    public IReadOnlyList<string> Run(params IReadOnlyList<string> command) => Name is null
        ? command
        :
        [
            "setpriv",
            "--reuid", UserId.ToString(CultureInfo.InvariantCulture),
            "--regid", GroupId.ToString(CultureInfo.InvariantCulture),
            "--clear-groups", "--", .. command,
        ];

    /// <summary>Makes a file or folder this user's own.</summary>
    public void Own(string path)
    {
        if (Name is not null && NativeMethods.ChangeOwner(path, UserId, GroupId) != 0)
            throw new IOException($"{path} could not be given to the user {Name} (error {System.Runtime.InteropServices.Marshal.GetLastPInvokeError()}).");
    }

    // passwd(5): name:password:UID:GID:comment:home:shell
    private static SystemUser? Lookup(string name) => File.ReadLines(UserTable)
        .Select(line => line.Split(':'))
        .Where(fields => fields.Length > 3 && fields[0] == name)
        .Select(fields => new SystemUser(name, uint.Parse(fields[2], CultureInfo.InvariantCulture), uint.Parse(fields[3], CultureInfo.InvariantCulture)))
        .FirstOrDefault();
}
