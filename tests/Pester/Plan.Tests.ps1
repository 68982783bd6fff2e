BeforeAll {
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    Import-Module "$root/artifacts/module/VisionRollout/VisionRollout.psd1" -Force
    $path = "$root/examples/rollout.psd1"
}

AfterAll {
    Remove-Module VisionRollout -ErrorAction Ignore
}

Describe 'The example plan' {
    It 'has no mistakes' {
        Test-RolloutPlan $path | Should -BeNullOrEmpty
        Test-RolloutPlan $path -Quiet | Should -BeTrue
    }

    It 'names the four services of the plan document' {
        (Import-RolloutPlan $path).Services.Name | Should -Be 'business', 'core', 'swarm', 'development'
    }

    It 'has the timeline of the plan document, 09:00 to 17:00' {
        $timeline = (Import-RolloutPlan $path).Timeline
        $timeline | Should -HaveCount 8
        "$($timeline[0].Start)" | Should -Match '^09:00'
        "$($timeline.Start[-1])" | Should -Match '^17:00'
    }

    It 'can be piped as a file' {
        (Get-Item $path | Import-RolloutPlan).Name | Should -Be 'vision-to-code'
    }
}

Describe 'A plan with mistakes' {
    BeforeAll {
        $broken = "$TestDrive/broken.psd1"
        (Get-Content $path -Raw) -replace "'30 min'", "'30 parsecs'" -replace 'Timeline\s*=', 'Timelime =' | Set-Content $broken
    }

    It 'is reported with all its mistakes and their lines' {
        $mistakes = Test-RolloutPlan $broken
        $mistakes.Count | Should -BeGreaterThan 1
        $mistakes.Line | ForEach-Object { $_ | Should -BeGreaterThan 0 }
        "$($mistakes.Message) $($mistakes.Suggestion)" | Should -Match 'Timeline'
    }

    It 'cannot be imported, and the error names every mistake' {
        { Import-RolloutPlan $broken -ErrorAction Stop } | Should -Throw '*Timelime*'
    }

    It 'is data: nothing in it is executed' {
        $trap = "$TestDrive/trap.psd1"
        "@{ Name = `$(Set-Content '$TestDrive/executed' 'yes') }" | Set-Content $trap
        { Import-RolloutPlan $trap -ErrorAction Stop } | Should -Throw
        "$TestDrive/executed" | Should -Not -Exist
    }
}
