namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Whether a migration can be taken back, as seen on the scratch database.</summary>
public enum Reversibility
{
    /// <summary>Not tried.</summary>
    Unknown,

    /// <summary>The undo brings the schema back and loses nothing.</summary>
    Reversible,

    /// <summary>The undo brings the schema back and loses what was written into the new columns and tables.</summary>
    ReversibleWithDataLoss,

    /// <summary>There is no undo, it fails or leaves another schema, or the migration itself destroys data.</summary>
    Irreversible,
}
