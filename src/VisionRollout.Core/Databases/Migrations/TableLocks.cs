namespace VisionRollout.Core.Databases.Migrations;

/// <summary>The lock that a command takes on its table (PostgreSQL manual, chapter 13.3.1 and the commands' pages).</summary>
internal static class TableLocks
{
    public static string? Of(SqlCommand command) => command.Verb switch
    {
        "alter table" => AlterAction.Of(command).Select(Of).MaxBy(RelationLock.StrengthOf) ?? "AccessExclusiveLock",
        "create index" or "create unique index" => command.Has("concurrently") ? "ShareUpdateExclusiveLock" : "ShareLock",
        "reindex" or "reindex table" or "reindex index" => command.Has("concurrently") ? "ShareUpdateExclusiveLock" : "ShareLock",
        "create trigger" => "ShareRowExclusiveLock",
        "drop index" => command.Has("concurrently") ? "ShareUpdateExclusiveLock" : "AccessExclusiveLock",
        "drop table" or "drop view" or "drop materialized view" or "drop trigger" or "alter trigger" or "truncate" or "cluster" or "alter view" or "alter materialized view" or "lock" => "AccessExclusiveLock",
        "vacuum" => command.Has("full") ? "AccessExclusiveLock" : "ShareUpdateExclusiveLock",
        "refresh" => command.Has("concurrently") ? "ExclusiveLock" : "AccessExclusiveLock",
        "insert" or "update" or "delete" or "merge" => "RowExclusiveLock",
        _ => null,
    };

    private static string Of(AlterAction action) => action.Kind switch
    {
        "validate" or "attach" => "ShareUpdateExclusiveLock",
        "detach" => action.Has("concurrently") ? "ShareUpdateExclusiveLock" : "AccessExclusiveLock",
        "add constraint" when action.Has("foreign", "key") => "ShareRowExclusiveLock",
        _ => "AccessExclusiveLock",
    };
}
