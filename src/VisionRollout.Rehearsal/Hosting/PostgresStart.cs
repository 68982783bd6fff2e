using VisionRollout.Rehearsal.Postgres;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>Brings PostgreSQL up, watched by the watchdog from the first file on.</summary>
internal static class PostgresStart
{
    /// <summary>A private server, or the one that the command line names.</summary>
    public static async Task<IPostgresServer> StartAsync(RehearsalArguments arguments, CleanUp cleanUp, CancellationToken token)
    {
        if (arguments.PostgresConnectionString is { } connectionString)
        {
            var given = await GivenPostgres.OpenAsync(connectionString, token);
            await GuardAsync([arguments.Directory], "true", cleanUp, token);
            return cleanUp.Own("the databases", given);
        }

        var programs = PostgresPrograms.Find();
        var directory = await PostgresDirectory.CreateAsync(arguments.Directory, SystemUser.ForPostgres(), token);
        await GuardAsync([arguments.Directory, directory.Root], PrivatePostgres.StopLine(programs, directory), cleanUp, token);
        cleanUp.Add("PostgreSQL's files", () => Remove(directory.Root));
        return cleanUp.Own("PostgreSQL", await PrivatePostgres.StartAsync(programs, directory, token));
    }

    /// <summary>The directory goes before the watchdog is dismissed.</summary>
    private static async Task GuardAsync(IReadOnlyList<string> directories, string stopLine, CleanUp cleanUp, CancellationToken token)
    {
        cleanUp.Own("the watchdog", await Watchdog.StartAsync(directories, stopLine, token));
        cleanUp.Add("the directory", () => Remove(directories[0]));
    }

    private static ValueTask Remove(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
