<#
.SYNOPSIS
    The days before the rollout of Vision-to-Code: checklists, the check of the backups, and the notices 24 hours ahead.
.DESCRIPTION
    Run it on each of the plan's days before the rollout: with -When 'T-7 days', 'T-3 days' and 'T-1 day'. What is confirmed and sent stands in the
    rollout's journal; Start-VisionRollout.ps1 goes on with it on the day and asks for nothing twice. It can be run again at any time.
.EXAMPLE
    ./Prepare-VisionRollout.ps1 -When 'T-7 days' -Day 2026-12-02 -Version v1.1.0
    Infrastructure preparation: asks for the items of that day and looks at the backups.
.EXAMPLE
    ./Prepare-VisionRollout.ps1 -When 'T-1 day' -Day 2026-12-02 -Version v1.1.0 -Confirmed '*'
    The day before, everything being done: confirms the lists and sends the notices.
#>
[CmdletBinding()]
param(
    # The day of the preparation, as the plan's checklists name it.
    [Parameter(Mandatory)]
    [string] $When,

    # The day of the rollout (UTC).
    [Parameter(Mandatory)]
    [datetime] $Day,

    # The version to roll out: the image tag.
    [string] $Version = 'v1.1.0',

    # The plan.
    [string] $Plan = [System.IO.Path]::Combine($PSScriptRoot, 'rollout.psd1'),

    # The environment of the plan.
    [string] $Environment = 'production',

    # Other addresses than those in the plan: an object or a JSON file.
    [object] $Endpoint,

    # Folder of the journals.
    [string] $JournalPath,

    # Checklists that people have confirmed. Others are asked for at the prompt.
    [string[]] $Confirmed = @()
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module VisionRollout)) { Import-Module VisionRollout }

$connection = @{ Plan = $Plan; Environment = $Environment }
if ($Endpoint)    { $connection.Endpoint = $Endpoint }
if ($JournalPath) { $connection.JournalPath = $JournalPath }
$session = Connect-Rollout @connection
try {
    $due = @($session.Plan.Checklists | Where-Object When -EQ $When)
    if (-not $due) {
        $known = [System.Linq.Enumerable]::Distinct([string[]] @($session.Plan.Checklists | Where-Object When -Match '^T-' | ForEach-Object When)) -join "', '"
        throw "The plan has no checklist for '$When'. It has '$known'."
    }

    $rollout = Start-Rollout -Version $Version -Day $Day
    "$($rollout.Version) to $($rollout.Environment) on $($Day.ToString('yyyy-MM-dd')): $When. Journal: $($rollout.Journal)"

    # Backup verification: what there is of each service, and whether a test restore has shown it to be good.
    Get-RolloutService | Get-ServiceDatabaseBackup

    foreach ($checklist in $due) {
        Confirm-RolloutChecklist $checklist.Name -All:($Confirmed -contains $checklist.Name -or $Confirmed -contains '*')
    }

    # Notices go out on the day before, once. One whose time is further ahead waits for its own day.
    if ($When -match '^T-1 day') {
        $session.Plan.Messages | Where-Object Before | Send-RolloutMessage -PassThru
    }
}
finally {
    Disconnect-Rollout
}
